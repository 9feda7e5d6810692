'use strict';

// What the reader says of the labels: kept in the browser, undone, exported, imported.
const marks = (() => {
  const NAMES = ['', 'right', 'wrong', 'unsure'];
  const VERIFICATION = ['', '1', '0', ''];
  const HEADER = [
    'sample_idx', 'img_path', 'given_label', 'suggested_label', 'score', 'weight', 'selected',
    'recommended', 'verification', 'given_name', 'suggested_name', 'mark',
  ];
  const key = `nl_plugins report ${samples.data.key}`;
  const values = new Int8Array(samples.size);
  const past = []; // the changes of each step: [[index, the mark before], ...]
  const listeners = [];

  function load() {
    values.fill(0);
    let stored = null;
    try {
      stored = JSON.parse(localStorage.getItem(key));
    } catch { /* none, or of something else */ }
    NAMES.forEach((name, mark) => {
      const rows = name && stored ? stored[name] : null;
      for (const i of Array.isArray(rows) ? rows : []) {
        if (Number.isInteger(i) && i >= 0 && i < samples.size) values[i] = mark;
      }
    });
  }

  function save() {
    const stored = { right: [], wrong: [], unsure: [] };
    values.forEach((mark, i) => mark && stored[NAMES[mark]].push(i));
    try {
      localStorage.setItem(key, JSON.stringify(stored));
      return true;
    } catch {
      return false;
    }
  }

  function tell(saved) {
    listeners.forEach((listener) => listener(saved));
  }

  // Set marks by index; one step of undo.
  function set(changes) {
    const before = changes.map(([i]) => [i, values[i]]);
    changes.forEach(([i, mark]) => { values[i] = mark; });
    past.push(before);
    tell(save());
  }

  // The index of the sample whose mark came back; null if there is nothing to undo.
  function undo() {
    const before = past.pop();
    if (!before) return null;
    before.forEach(([i, mark]) => { values[i] = mark; });
    tell(save());
    return before[0][0];
  }

  function totals() {
    const found = [0, 0, 0, 0];
    values.forEach((mark) => { found[mark]++; });
    return { right: found[1], wrong: found[2], unsure: found[3] };
  }

  function csv() {
    const rows = [text.csvRow(HEADER)];
    values.forEach((mark, i) => {
      if (!mark) return;
      const [given, suggested] = [samples.given[i], samples.suggested[i]];
      const { classes, paths, words } = samples.data;
      rows.push(text.csvRow([
        i, text.unarmed(paths[i]), given, suggested, samples.scores[i], samples.weights?.[i] ?? 1,
        samples.suspicious[i] ? 0 : 1, words[samples.recommended[i]], VERIFICATION[mark],
        text.unarmed(classes[given]), text.unarmed(classes[suggested]), NAMES[mark],
      ]));
    });
    return text.bytes(rows.join(''));
  }

  // Take over the marks of a file; says how many it has, and how many fit no sample.
  function read(content) {
    const [header = [], ...rows] = text.parseCsv(content);
    const names = header.map((name) => name.trim().toLowerCase());
    const at = (row, name) => (row[names.indexOf(name)] ?? '').trim();
    const plain = (row, name) =>
      text.lossy(text.unescaped(text.armed(row[names.indexOf(name)] ?? '')));
    if (!names.includes('verification') || !names.includes('img_path')) {
      throw new Error('The file has no columns img_path and verification.');
    }
    const byPath = new Map(samples.data.paths.map((path, i) => [text.lossy(path), i]));
    const changes = [];
    let unknown = 0;
    for (const row of rows) {
      const answer = Number(at(row, 'verification') || NaN);
      const word = NAMES.indexOf(at(row, 'mark'));
      const mark = answer === 1 ? 1 : answer === 0 ? 2 : Math.max(0, word);
      if (!mark) continue;
      const path = plain(row, 'img_path');
      const number = Number(at(row, 'sample_idx') || NaN);
      const same = (i) => path === text.lossy(samples.data.paths[i] ?? '\0');
      const i = same(number) ? number : path && byPath.get(path);
      // Numbers of labels change when classes are added: names say more.
      const [label, called] = [at(row, 'given_label'), plain(row, 'given_name')];
      const alike = () => called
        ? called === text.lossy(samples.data.classes[samples.given[i]])
        : !label || Number(label) === samples.given[i];
      const fits = i !== undefined && i !== '' && i < samples.size && alike();
      if (fits) changes.push([i, mark]);
      else unknown++;
    }
    if (changes.length) set(changes);
    return { read: changes.length, unknown };
  }

  load();
  globalThis.addEventListener('storage', (event) => {
    if (event.key === key) {
      load();
      tell(true);
    }
  });
  return {
    NAMES, csv, read, save, set, totals, undo, values,
    listen: (listener) => listeners.push(listener),
  };
})();
