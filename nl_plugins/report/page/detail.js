'use strict';

// The chosen image: what is known of it, examples to compare with, and the marks.
const detail = (() => {
  const box = document.getElementById('detail');
  const { element } = text;
  const NAMES = ['Right', 'Wrong', 'Unsure'];
  let onMark = () => {};
  let onStep = () => {};

  function picture(i) {
    const address = samples.original(i);
    const frame = element('div', { className: 'large' }, samples.thumbnail(i, 240));
    if (!address) return frame;
    const image = element('img', { alt: samples.title(i) });
    image.addEventListener('load', () => frame.replaceChildren(image));
    image.src = address; // where it is no more, the thumbnail stays
    return frame;
  }

  function facts(i) {
    const rows = [
      ['given', samples.className(samples.given[i])],
      ['suggested', samples.className(samples.suggested[i])],
      ['score', samples.scores[i].toFixed(4)],
      ['advice', samples.word(i)],
    ];
    if (samples.weights) rows.push(['weight', samples.weights[i].toFixed(3)]);
    if (samples.trueLabels && samples.trueLabels[i] >= 0) rows.push(['true', samples.className(samples.trueLabels[i])]);
    if (samples.verification && samples.verification[i] >= 0) rows.push(['verified', samples.verification[i] ? 'right' : 'wrong']);
    return element('dl', { className: 'facts' }, ...rows.map(([name, value]) => element('div', {},
    element('dt', { textContent: name }),
    element('dd', { className: name }, element('bdi', { textContent: value })))));
  }

  function examples(i) {
    const near = samples.data.numNearest ? samples.nearest(i) : [];
    if (!near.length) return [];
    return [element('h3', { textContent: 'Nearest right examples' }),
      element('ul', { className: 'examples' }, ...near.map((j) => element('li', { title: samples.title(j) },
        samples.thumbnail(j, 72),
        element('bdi', { textContent: samples.className(samples.given[j]) }))))];
  }

  function buttons(i) {
    const mark = marks.values[i];
    return element('div', { className: 'buttons', role: 'group', 'aria-label': 'Is the given label right?' },
      ...NAMES.map((name, number) => {
        const button = element('button', {
          type: 'button', className: `mark ${name.toLowerCase()}`, 'aria-pressed': mark === number + 1,
        }, name, element('kbd', { textContent: name[0], 'aria-hidden': 'true' }));
        button.addEventListener('click', () => onMark(number + 1));
        return button;
      }));
  }

  function steps() {
    return element('div', { className: 'buttons steps' }, ...[['Previous', 'P', -1], ['Next', 'N', 1]].map(([name, key, step]) => {
      const button = element('button', { type: 'button', className: name.toLowerCase() },
        name, element('kbd', { textContent: key, 'aria-hidden': 'true' }));
      button.addEventListener('click', () => onStep(step));
      return button;
    }));
  }

  function show(i) {
    const focused = box.contains(document.activeElement) ? document.activeElement.className : null;
    if (i < 0) {
      box.replaceChildren(element('p', { className: 'hint', textContent: 'No image passes the filters.' }));
      return;
    }
    box.replaceChildren(
      picture(i),
      element('div', { className: 'about' },
        element('p', { className: 'name', title: samples.title(i) },
          element('bdi', { textContent: samples.title(i) }), element('small', { textContent: ` #${i}` })),
        facts(i), buttons(i), steps(), ...examples(i)));
    if (focused) box.querySelector(`[class="${focused}"]`)?.focus();
  }

  return {
    show,
    listen: (mark, step) => { [onMark, onStep] = [mark, step]; },
  };
})();
