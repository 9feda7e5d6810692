'use strict';

// What is known of the samples, and which of them pass a filter, in which order.
const samples = (() => {
  const data = reportData;
  const size = data.size;
  const column = {};
  for (const name of ['given', 'suggested', 'scores', 'recommended', 'weights',
    'verification', 'trueLabels', 'suspicious', 'nearest', 'places', 'sizes']) {
    column[name] = text.numbers(data[name]);
  }
  const { given, suggested, scores, recommended, suspicious } = column;

  const className = (label) => data.shownClasses[label];
  const path = (i) => data.shownPaths[i] ?? data.paths[i];
  const title = (i) => path(i) || `sample ${i}`;

  const orders = new Map();
  const indices = () => Int32Array.from({ length: size }, (_, i) => i);
  const make = {
    score: () => indices().sort((a, b) => scores[a] - scores[b] || a - b),
    unsuspicious: () => order('score').slice().reverse(),
    class: () => byLabel(given),
    suggested: () => byLabel(suggested),
    name: () => indices().sort((a, b) => {
      const [x, y] = [path(a), path(b)];
      return x < y ? -1 : x > y ? 1 : a - b;
    }),
    index: indices,
  };
  function order(name) {
    if (!orders.has(name)) orders.set(name, make[name]());
    return orders.get(name);
  }

  // By label, and by score within each.
  function byLabel(labels) {
    const ends = new Int32Array(data.classes.length + 1);
    for (let i = 0; i < size; i++) ends[labels[i] + 1]++;
    for (let label = 1; label < ends.length; label++) ends[label] += ends[label - 1];
    const sorted = new Int32Array(size);
    for (const i of order('score')) sorted[ends[labels[i]]++] = i;
    return sorted;
  }

  let folded = null;
  function names() {
    folded ??= Array.from({ length: size }, (_, i) => path(i).toLowerCase());
    return folded;
  }

  function search(query) {
    const wanted = query.trim().toLowerCase();
    const number = /^#(\d+)$/.exec(wanted);
    if (number) return (i) => i === Number(number[1]);
    const all = names();
    return (i) => all[i].includes(wanted);
  }

  function prepare() {
    names();
    Object.keys(make).forEach(order);
  }

  // The tests that a filter asks for; each gets the index of a sample.
  function tests(filter, marks) {
    const found = [];
    if (filter.given >= 0) found.push((i) => given[i] === filter.given);
    if (filter.suggested >= 0) found.push((i) => suggested[i] === filter.suggested);
    if (filter.suggested === -2) found.push((i) => suggested[i] !== given[i]);
    if (filter.word >= 0) found.push((i) => recommended[i] === filter.word);
    if (filter.word === -2) found.push((i) => suspicious[i]);
    if (filter.mark >= 0) found.push((i) => marks[i] === filter.mark);
    if (filter.mark === -2) found.push((i) => marks[i] > 0);
    if (filter.low !== null) found.push((i) => scores[i] >= filter.low);
    if (filter.high !== null) found.push((i) => scores[i] <= filter.high);
    if (filter.query.trim()) found.push(search(filter.query));
    return found;
  }

  function select(filter, marks) {
    const passed = new Int32Array(size);
    const asked = tests(filter, marks);
    let length = 0;
    next: for (const i of order(filter.order)) {
      for (const test of asked) if (!test(i)) continue next;
      passed[length++] = i;
    }
    return passed.subarray(0, length);
  }

  function nearest(i) {
    const k = data.numNearest;
    return Array.from(column.nearest.subarray(i * k, i * k + k)).filter((j) => j >= 0);
  }

  // The thumbnail of a sample, at most `side` pixels wide and high, as a new element.
  function thumbnail(i, side) {
    const place = column.places[i];
    if (place < 0) {
      return text.element('span', { className: 'thumb none', textContent: 'no image' });
    }
    const perSheet = data.side * data.side;
    const sheet = Math.floor(place / perSheet);
    const cell = place % perSheet;
    const [width, height] = [column.sizes[2 * i], column.sizes[2 * i + 1]];
    const scale = side / Math.max(width, height);
    const step = data.cells[sheet] * scale;
    const start = data.gutter * scale;
    const made = text.element('span', { className: 'thumb' });
    const files = document.body.dataset.files;
    Object.assign(made.style, {
      width: `${Math.max(1, width * scale)}px`,
      height: `${Math.max(1, height * scale)}px`,
      backgroundImage: `url("${files}/${sheet}.jpg")`,
      backgroundSize: `${data.side * step}px auto`,
      backgroundPosition: [cell % data.side, Math.floor(cell / data.side)]
        .map((number) => `${-number * step - start}px`).join(' '),
    });
    return made;
  }

  const original = (i) => (data.originals !== null && data.paths[i]
    ? data.originals + text.address(data.paths[i]) : null);

  return {
    ...column, data, size, className, path, title, nearest, order, original, prepare,
    select, thumbnail, word: (i) => data.words[recommended[i]],
  };
})();
