'use strict';

// The matrix of given and suggested labels, the histogram and the curves.
const charts = (() => {
  const { given, suggested, scores, size } = samples;
  const count = samples.data.classes.length;
  const GRID = 40; // classes; of more, the matrix is a picture
  const PAIRS = 12;
  const BINS = 40;
  const svg = (tag, attributes, ...children) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };

  function pairCounts() {
    const found = new Map();
    for (let i = 0; i < size; i++) {
      const pair = given[i] * count + suggested[i];
      found.set(pair, (found.get(pair) ?? 0) + 1);
    }
    return found;
  }

  const split = (pair) => [Math.floor(pair / count), pair % count];
  const words = (a, b, number) => `given ${samples.className(a)}, suggested `
    + `${samples.className(b)}: ${text.count(number)} images`;

  function shade(number, most, same) {
    const share = 0.06 + 0.66 * Math.sqrt(number / most);
    return same ? `rgb(0 114 178 / ${0.5 * share})` : `rgb(213 94 0 / ${share})`;
  }

  function matrix(place, pairs, choose) {
    const off = [...pairs].filter(([pair]) => split(pair)[0] !== split(pair)[1]);
    const largest = (found) => found.reduce((most, [, number]) => Math.max(most, number), 1);
    const [most, all] = [largest(off), largest([...pairs])];
    const draw = count <= GRID ? grid : canvas;
    place.append(draw(pairs, (number, same) => shade(number, same ? all : most, same), choose));
    return off.sort((x, y) => y[1] - x[1] || x[0] - y[0]).slice(0, PAIRS);
  }

  function grid(pairs, colour, choose) {
    const table = text.element('table', { className: 'matrix', role: 'grid' });
    table.setAttribute('aria-labelledby', 'matrix-title');
    const labels = Array.from({ length: count }, (_, label) => label);
    const head = (label, scope) => text.element('th', { scope, title: samples.className(label) },
      text.element('bdi', { textContent: samples.className(label) }));
    table.append(text.element('thead', {}, text.element('tr', {},
      text.element('td'), ...labels.map((label) => head(label, 'col')))));
    const body = text.element('tbody');
    for (const a of labels) {
      const row = text.element('tr', {}, head(a, 'row'));
      for (const b of labels) {
        const number = pairs.get(a * count + b) ?? 0;
        const button = text.element('button', {
          textContent: number ? text.count(number) : '', disabled: !number, tabIndex: -1,
          'aria-label': words(a, b, number), title: words(a, b, number),
        });
        if (number) button.style.backgroundColor = colour(number, a === b);
        button.addEventListener('click', () => choose(a, b));
        row.append(text.element('td', {}, button));
      }
      body.append(row);
    }
    table.append(body);
    rove(table);
    return table;
  }

  // One stop of the tabulator for all cells; arrows move between them.
  function rove(table) {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const button = (row, column) => table.tBodies[0].rows[row]?.cells[column + 1]?.firstChild;
    const first = table.querySelector('button:not([disabled])');
    if (first) first.tabIndex = 0;
    table.addEventListener('keydown', (event) => {
      const step = steps[event.key];
      const cell = event.target.closest('td');
      if (!step || !cell) return;
      event.preventDefault();
      let [row, column] = [cell.parentNode.sectionRowIndex, cell.cellIndex - 1];
      let next = null;
      do {
        row += step[0];
        column += step[1];
        next = button(row, column);
      } while (next && next.disabled);
      if (!next) return;
      event.target.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  }

  function canvas(pairs, colour, choose) {
    const step = Math.max(1, Math.floor(640 / count));
    const made = text.element('canvas', {
      className: 'matrix', width: step * count, height: step * count, role: 'img',
      'aria-label': 'Matrix of given and suggested labels; the list below has its largest entries',
    });
    const context = made.getContext('2d');
    for (const [pair, number] of pairs) {
      const [a, b] = split(pair);
      context.fillStyle = colour(number, a === b);
      context.fillRect(b * step, a * step, step, step);
    }
    const cell = (event) => {
      const scale = count / made.clientWidth;
      const [a, b] = [event.offsetY, event.offsetX].map((v) =>
        Math.min(count - 1, Math.max(0, Math.floor(v * scale))));
      return [a, b, pairs.get(a * count + b) ?? 0];
    };
    made.addEventListener('mousemove', (event) => { made.title = words(...cell(event)); });
    made.addEventListener('click', (event) => {
      const [a, b, number] = cell(event);
      if (number) choose(a, b);
    });
    return made;
  }

  function pairList(place, pairs, choose) {
    for (const [pair, number] of pairs) {
      const [a, b] = split(pair);
      const button = text.element('button', { className: 'link' },
        text.element('bdi', { textContent: samples.className(a) }), ' → ',
        text.element('bdi', { textContent: samples.className(b) }),
        text.element('small', { textContent: ` ${text.count(number)}` }));
      button.setAttribute('aria-label', words(a, b, number));
      button.addEventListener('click', () => choose(a, b));
      place.append(text.element('li', {}, button));
    }
    if (!pairs.length) place.replaceWith(text.element('p', { className: 'hint', textContent: 'No other label is suggested for any image.' }));
  }

  function histogram(place, choose) {
    const order = samples.order('score');
    const [least, most] = [scores[order[0]], scores[order[size - 1]]];
    const width = (most - least) / BINS || 1;
    const bins = Array.from({ length: BINS }, () => [0, 0]);
    for (let i = 0; i < size; i++) {
      const bin = Math.min(BINS - 1, Math.floor((scores[i] - least) / width));
      bins[bin][samples.suspicious[i]]++;
    }
    const highest = Math.sqrt(Math.max(...bins.map(([keep, other]) => keep + other)));
    const [W, H, gap] = [1000, 180, 3];
    const picture = svg('svg', { viewBox: `0 0 ${W} ${H + 4}`, preserveAspectRatio: 'none', class: 'histogram', role: 'group', 'aria-labelledby': 'histogram-title' });
    bins.forEach(([keep, other], bin) => {
      const total = keep + other;
      if (!total) return;
      const height = Math.max(2, H * Math.sqrt(total) / highest);
      const part = height * other / total;
      const x = bin * W / BINS + gap / 2;
      const [low, high] = [least + bin * width, least + (bin + 1) * width];
      const label = `score ${low.toFixed(3)} to ${high.toFixed(3)}: ${text.count(total)} images, ${text.count(other)} suspicious`;
      const box = (y, h, name) => svg('rect', { x, y, width: W / BINS - gap, height: h, class: name });
      const bar = svg('g', { tabindex: 0, role: 'button', 'aria-label': label },
        svg('title', {}, label), box(0, H, 'back'), box(H - height, Math.max(0, height - part), 'keep'), box(H - part, part, 'other'));
      const pick = () => choose(low, bin === BINS - 1 ? most : high);
      bar.addEventListener('click', pick);
      bar.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          pick();
        }
      });
      picture.append(bar);
    });
    const axis = [0, 0.25, 0.5, 0.75, 1].map((share) =>
      text.element('span', { textContent: (least + share * (width * BINS)).toFixed(2) }));
    const legend = text.element('p', { className: 'legend' },
      text.element('i', { className: 'keep' }), 'keep ', text.element('i', { className: 'other' }), 'suspicious');
    place.append(picture, text.element('div', { className: 'axis' }, ...axis), legend);
  }

  function curve(title, points) {
    const [W, H, left, bottom] = [420, 190, 44, 26];
    const xs = points.map(([x]) => x);
    const ys = points.map(([, y]) => y);
    const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
    const top = Math.max(...ys, 0) || 1;
    const low = Math.min(...ys, 0);
    const x = (v) => left + (W - left - 12) * (x1 > x0 ? (v - x0) / (x1 - x0) : 0.5);
    const y = (v) => 12 + (H - bottom - 12) * (1 - (v - low) / (top - low));
    const figures = points.map(([a, b]) => `${a}: ${+b.toPrecision(3)}`).join(', ');
    const label = (at, where, value, anchor) => svg('text', { x: at, y: where, 'text-anchor': anchor }, String(+value.toPrecision(3)));
    const picture = svg('svg', { viewBox: `0 0 ${W} ${H}`, class: 'curve', role: 'img', 'aria-label': `${title}: ${figures}` },
      ...[low, (low + top) / 2, top].flatMap((value) => [
        svg('line', { x1: left, x2: W - 12, y1: y(value), y2: y(value), class: 'gridline' }),
        label(left - 6, y(value) + 4, value, 'end')]),
      label(x(x0), H - 8, x0, 'middle'), label(x(x1), H - 8, x1, 'middle'),
      svg('polyline', { points: points.map(([a, b]) => `${x(a)},${y(b)}`).join(' ') }),
      ...points.map(([a, b]) => svg('circle', { cx: x(a), cy: y(b), r: 3 }, svg('title', {}, `epoch ${a}: ${b}`))));
    return text.element('figure', {}, text.element('figcaption', { textContent: title }), picture);
  }

  function curves(place) {
    const found = Object.entries(samples.data.curves).filter(([, points]) => points.length);
    place.append(...found.map(([title, points]) => curve(title, points)));
    return found.length > 0;
  }

  return { curves, histogram, matrix, pairCounts, pairList };
})();
