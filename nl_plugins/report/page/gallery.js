'use strict';

// All images that pass the filter, of which only those in sight are elements.
const gallery = (() => {
  const TALLEST = 15e6; // pixels; browsers have a limit
  const HEADING = 40;
  const AROUND = 300; // pixels above and below what is in sight
  const box = document.getElementById('gallery');
  const sizer = document.getElementById('sizer');
  const shown = new Map(); // by the place in `list`
  let list = new Int32Array(0);
  let groups = []; // {label, start, length, top}
  let grouped = null; // the column by which the list is grouped
  let current = -1; // a place in `list`
  let columns = 1;
  let cell = { width: 150, height: 200, side: 130 };
  let pending = false;
  let onChoose = () => {};

  function measure() {
    const width = box.clientWidth - 16;
    const narrow = width < 520;
    const wanted = narrow ? 108 : 148;
    columns = Math.max(1, Math.floor(width / wanted));
    const side = Math.floor(width / columns) - 22;
    cell = { width: width / columns, side: Math.min(side, 180), height: Math.min(side, 180) + 62 };
  }

  function lay() {
    measure();
    groups = [];
    let top = 0;
    const heading = grouped ? HEADING : 0;
    for (let start = 0; start < list.length;) {
      let end = list.length;
      if (grouped) {
        end = start + 1;
        while (end < list.length && grouped[list[end]] === grouped[list[start]]) end++;
      }
      groups.push({ label: grouped ? grouped[list[start]] : -1, start, length: end - start, top });
      top += heading + Math.ceil((end - start) / columns) * cell.height;
      start = end;
    }
    sizer.style.height = `${Math.min(TALLEST, top)}px`;
    shown.forEach((made) => made.remove());
    shown.clear();
    draw();
  }

  const groupAt = (test) => {
    let [low, high] = [0, groups.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (test(groups[middle])) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  function position(place) {
    const group = groups[groupAt((g) => g.start <= place)];
    const inside = place - group.start;
    return {
      x: 8 + (inside % columns) * cell.width,
      y: group.top + (grouped ? HEADING : 0) + Math.floor(inside / columns) * cell.height,
    };
  }

  // The places in sight, and the headings, as negative numbers: -1 - group.
  function inSight() {
    const wanted = new Set();
    const [from, to] = [box.scrollTop - AROUND, box.scrollTop + box.clientHeight + AROUND];
    for (let g = groupAt((group) => group.top <= from); g < groups.length && groups[g].top < to; g++) {
      const group = groups[g];
      const top = group.top + (grouped ? HEADING : 0);
      if (grouped) wanted.add(-1 - g);
      const first = Math.max(0, Math.floor((from - top) / cell.height)) * columns;
      const last = Math.ceil((to - top) / cell.height) * columns;
      for (let i = first; i < Math.min(last, group.length); i++) wanted.add(group.start + i);
    }
    if (current >= 0 && current < list.length) wanted.add(current);
    return wanted;
  }

  function draw() {
    pending = false;
    if (!box.clientHeight) return;
    const wanted = inSight();
    shown.forEach((made, place) => {
      if (!wanted.has(place)) {
        made.remove();
        shown.delete(place);
      }
    });
    for (const place of wanted) {
      if (shown.has(place)) continue;
      const made = place < 0 ? heading(groups[-1 - place]) : card(place);
      shown.set(place, made);
      sizer.append(made);
    }
  }

  function heading(group) {
    const made = text.element('div', { className: 'heading', role: 'presentation' },
      text.element('bdi', { textContent: samples.className(group.label) }),
      text.element('small', { textContent: text.count(group.length) }));
    made.style.transform = `translateY(${group.top}px)`;
    return made;
  }

  function card(place) {
    const i = list[place];
    const at = position(place);
    const made = text.element('div', {
      id: `image-${i}`, role: 'option', 'aria-posinset': place + 1, 'aria-setsize': list.length,
    });
    const given = samples.className(samples.given[i]);
    const suggested = samples.className(samples.suggested[i]);
    const differs = samples.given[i] !== samples.suggested[i];
    made.append(
      text.element('span', { className: 'frame' }, samples.thumbnail(i, cell.side)),
      text.element('span', { className: 'labels', title: `given ${given}, suggested ${suggested}` },
        ...text.labels(given, suggested, differs)),
      text.element('span', { className: 'score', textContent: samples.scores[i].toFixed(3) }));
    Object.assign(made.style, {
      width: `${cell.width - 8}px`, height: `${cell.height - 8}px`,
      transform: `translate(${at.x}px, ${at.y}px)`,
    });
    made.querySelector('.frame').style.height = `${cell.side}px`;
    made.addEventListener('click', () => { choose(place); box.focus({ preventScroll: true }); });
    dress(made, place);
    return made;
  }

  // What changes with a mark or a choice.
  function dress(made, place) {
    const i = list[place];
    const mark = marks.NAMES[marks.values[i]];
    const word = samples.word(i);
    made.className = `card ${mark}${place === current ? ' current' : ''}`;
    made.dataset.mark = { right: '✓', wrong: '✗', unsure: '?' }[mark] ?? '';
    made.dataset.word = samples.suspicious[i] ? word : '';
    made.setAttribute('aria-selected', place === current);
    made.setAttribute('aria-label', `${samples.title(i)}, given ${samples.className(samples.given[i])}, `
      + `suggested ${samples.className(samples.suggested[i])}, score ${samples.scores[i].toFixed(3)}, `
      + `${word}, ${mark ? `marked ${mark}` : 'not marked'}`);
  }

  function refresh() {
    shown.forEach((made, place) => place >= 0 && dress(made, place));
  }

  function choose(place) {
    if (!list.length) {
      current = -1;
      box.removeAttribute('aria-activedescendant');
      onChoose(-1);
      return;
    }
    current = Math.max(0, Math.min(list.length - 1, place));
    const { y } = position(current);
    const top = Math.min(y, TALLEST);
    if (top < box.scrollTop + (grouped ? HEADING : 0)) box.scrollTop = top - (grouped ? HEADING : 8);
    else if (top + cell.height > box.scrollTop + box.clientHeight) box.scrollTop = top + cell.height - box.clientHeight;
    draw();
    refresh();
    box.setAttribute('aria-activedescendant', `image-${list[current]}`);
    onChoose(list[current]);
  }

  // Show these samples, and of them the one that was chosen before, if it is there.
  function show(chosen, by) {
    const before = current >= 0 ? list[current] : -1;
    list = chosen;
    grouped = by;
    box.scrollTop = 0;
    current = list.indexOf(before);
    lay();
    choose(Math.max(0, current));
  }

  box.addEventListener('scroll', () => {
    if (!pending) requestAnimationFrame(draw);
    pending = true;
  }, { passive: true });
  let width = 0;
  new ResizeObserver(() => {
    if (box.clientWidth === width || !box.clientWidth) draw();
    else {
      width = box.clientWidth;
      lay();
      if (current >= 0) choose(current);
    }
  }).observe(box);

  return {
    box, choose, refresh, show,
    columns: () => columns,
    current: () => current,
    index: () => (current >= 0 ? list[current] : -1),
    placeOf: (i) => list.indexOf(i),
    cut: () => Boolean(list.length) && position(list.length - 1).y > TALLEST,
    listen: (listener) => { onChoose = listener; },
  };
})();
