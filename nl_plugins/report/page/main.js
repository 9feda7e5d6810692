'use strict';

// Puts the parts together: views, filters, keys, marks.
(() => {
  const $ = (id) => document.getElementById(id);
  const form = $('filters');
  const fields = form.elements;
  let chosen = new Int32Array(0);

  const say = (message) => { $('live').textContent = message; };
  function notice(message) {
    $('notice').textContent = message;
    $('notice').hidden = !message;
  }

  // Views ------------------------------------------------------------------------

  function view() {
    const review = location.hash === '#review';
    $('overview-view').hidden = review;
    $('review-view').hidden = !review;
    for (const [id, here] of [['to-review', review], ['to-overview', !review]]) {
      if (here) $(id).setAttribute('aria-current', 'page');
      else $(id).removeAttribute('aria-current');
    }
    if (review) {
      scrollTo(0, 0);
      if (gallery.index() < 0) apply();
      gallery.box.focus({ preventScroll: true });
    }
  }

  // Filters ----------------------------------------------------------------------

  const number = (field) => (field.value.trim() === '' ? null : Number(field.value));
  const filter = () => ({
    given: Number(fields.given.value), suggested: Number(fields.suggested.value),
    word: Number(fields.word.value), mark: Number(fields.mark.value),
    low: number(fields.low), high: number(fields.high),
    query: fields.query.value, order: fields.order.value,
  });

  function apply() {
    const wanted = filter();
    chosen = samples.select(wanted, marks.values);
    const grouped = { class: samples.given, suggested: samples.suggested }[wanted.order] ?? null;
    gallery.show(chosen, grouped);
    const cut = gallery.cut() ? ' (too many to scroll to the last: filter them)' : '';
    $('count').textContent = `${text.count(chosen.length)} of ${text.count(samples.size)} images${cut}`;
  }

  // Start from all images and go to the review of those that pass.
  function only(wanted) {
    form.reset();
    for (const [name, value] of Object.entries(wanted)) fields[name].value = value;
    apply();
    if (location.hash === '#review') view();
    else location.hash = '#review';
  }

  function options() {
    const labels = samples.data.classes.map((_, label) => label);
    for (const field of [fields.given, fields.suggested]) {
      field.append(...labels.map((label) => new Option(samples.className(label), label)));
    }
    fields.word.append(...samples.data.words.map((word, i) => new Option(word, i)));
  }

  // Marks ------------------------------------------------------------------------

  function tally(saved = true) {
    const { right, wrong, unsure } = marks.totals();
    const parts = [[right, 'right'], [wrong, 'wrong'], [unsure, 'unsure']].map(([count, name]) =>
      text.element('span', { className: name }, text.element('b', { textContent: text.count(count) }), ` ${name}`));
    $('tally').replaceChildren(...parts);
    gallery.refresh();
    if (!saved) notice('This browser keeps no marks for files: export them before you close the page.');
  }

  function mark(value) {
    const i = gallery.index();
    if (i < 0) return;
    const again = marks.values[i] === value;
    marks.set([[i, again ? 0 : value]]);
    const name = again ? 'not marked' : `marked ${marks.NAMES[value]}`;
    if (!again) step(1);
    else detail.show(i);
    const next = gallery.index();
    say(`${samples.title(i)} ${name}.` + (next === i ? '' : ` Next: ${samples.title(next)}, given ${samples.className(samples.given[next])}.`));
  }

  function undo() {
    const i = marks.undo();
    if (i === null) {
      say('Nothing to undo.');
      return;
    }
    const place = gallery.placeOf(i);
    if (place >= 0) gallery.choose(place);
    say(`Undone: ${samples.title(i)}.`);
  }

  function step(by) {
    const last = by > 0 && gallery.current() === chosen.length - 1;
    gallery.choose(gallery.current() + by);
    if (last) say('This is the last image.');
  }

  function save() {
    const url = URL.createObjectURL(new Blob([marks.csv()], { type: 'text/csv' }));
    const link = text.element('a', { href: url, download: 'verified.csv' });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
    const { right, wrong } = marks.totals();
    say(`${text.count(right + wrong)} verification labels exported.`);
  }

  async function load(file) {
    try {
      const { read, unknown } = marks.read(await file.text());
      const left = unknown ? `; ${text.count(unknown)} rows are for other images or labels` : '';
      notice(`${text.count(read)} marks read${left}.`);
      detail.show(gallery.index());
    } catch (error) {
      notice(`${file.name} was not read. ${error.message}`);
    }
  }

  // Keys -------------------------------------------------------------------------

  const KEYS = {
    r: () => mark(1), w: () => mark(2), u: () => mark(3),
    n: () => step(1), p: () => step(-1), z: undo,
    ArrowRight: () => step(1), ArrowLeft: () => step(-1),
    ArrowDown: () => step(gallery.columns()), ArrowUp: () => step(-gallery.columns()),
    Home: () => gallery.choose(0), End: () => gallery.choose(chosen.length - 1),
    PageDown: () => step(4 * gallery.columns()), PageUp: () => step(-4 * gallery.columns()),
    '/': () => { $('filter-details').open = true; $('query').focus(); },
    '?': () => $('help').showModal(),
  };

  function key(event) {
    if ($('review-view').hidden || $('help').open || event.altKey) return;
    const typing = event.target.closest?.('input, select, textarea');
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (name === 'Escape') {
      gallery.box.focus();
      return;
    }
    if (typing || (!$('keys-on').checked && name.length === 1)) return;
    if ((event.ctrlKey || event.metaKey) && name !== 'z') return;
    if (event.shiftKey && name !== '?') return;
    if (name.length > 1 && document.activeElement !== gallery.box && document.activeElement !== document.body) return;
    if (KEYS[name]) {
      event.preventDefault();
      KEYS[name]();
    }
  }

  // Start ------------------------------------------------------------------------

  function overview() {
    const pairs = charts.pairCounts();
    const choose = (given, suggested) => only({ given, suggested });
    charts.pairList($('pairs'), charts.matrix($('matrix'), pairs, choose), choose);
    charts.histogram($('histogram'), (low, high) => only({ low, high }));
    $('curves-panel').hidden = !charts.curves($('curves'));
    for (const button of document.querySelectorAll('[data-given]')) {
      button.addEventListener('click', () => only({ given: button.dataset.given }));
    }
    const worst = Array.from(samples.order('score').subarray(0, 30)).filter((i) => samples.places[i] >= 0);
    $('worst-panel').hidden = !worst.length;
    $('worst').append(...worst.map((i) => {
      const [given, suggested] = [samples.given[i], samples.suggested[i]].map(samples.className);
      const labels = text.labels(given, suggested, samples.given[i] !== samples.suggested[i]);
      const button = text.element('button', { title: samples.title(i), 'aria-label': `${samples.title(i)}: given ${given}, suggested ${suggested}` },
        text.element('span', { className: 'frame' }, samples.thumbnail(i, 96)), ...labels);
      button.addEventListener('click', () => {
        only({});
        gallery.choose(gallery.placeOf(i));
      });
      return button;
    }));
  }

  function start() {
    options();
    gallery.listen(detail.show);
    detail.listen(mark, step);
    marks.listen(tally);
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('reset', () => setTimeout(apply));
    let waiting = 0;
    form.addEventListener('input', () => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(apply);
    });
    $('undo').addEventListener('click', undo);
    $('export').addEventListener('click', save);
    $('import').addEventListener('click', () => $('import-file').click());
    $('import-file').addEventListener('change', (event) => {
      if (event.target.files[0]) load(event.target.files[0]);
      event.target.value = '';
    });
    $('help-button').addEventListener('click', () => $('help').showModal());
    document.addEventListener('keydown', key);
    globalThis.addEventListener('hashchange', view);
    $('filter-details').open = innerWidth > 800;
    tally();
    view();
    performance.mark('usable');
    setTimeout(() => {
      overview();
      performance.mark('complete');
      const later = globalThis.requestIdleCallback ?? setTimeout;
      later(samples.prepare); // so that the first sort and search are as fast as the next
    });
  }

  start();
})();
