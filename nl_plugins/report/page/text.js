'use strict';

// Text, bytes and numbers. A file name that is no UTF-8 holds lone surrogates, each of
// which stands for a byte (Python's `surrogateescape`).
const text = (() => {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();

  function bytes(string) {
    const parts = string.split(/((?<![\ud800-\udbff])[\udc80-\udcff])/);
    const arrays = parts.map((part, i) =>
      i % 2 ? Uint8Array.of(part.charCodeAt(0) - 0xdc00) : encoder.encode(part));
    const all = new Uint8Array(arrays.reduce((sum, array) => sum + array.length, 0));
    let place = 0;
    for (const array of arrays) {
      all.set(array, place);
      place += array.length;
    }
    return all;
  }

  // What is left of a name where nobody escapes bytes: both sides of a comparison.
  function lossy(string) {
    return decoder.decode(bytes(string));
  }

  function address(path) {
    return Array.from(bytes(path), (byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9_.~/-]/.test(character)
        ? character : '%' + byte.toString(16).padStart(2, '0');
    }).join('');
  }

  function numbers(packed) {
    if (!packed) return null;
    const content = atob(packed.data);
    const raw = new Uint8Array(content.length);
    for (let i = 0; i < raw.length; i++) raw[i] = content.charCodeAt(i);
    return new globalThis[packed.type + 'Array'](raw.buffer);
  }

  // A spreadsheet computes what begins with one of these; our readers take the
  // apostrophe off again.
  function unarmed(value) {
    return /^'*[=+\-@\t\r]/.test(value) ? "'" + value : value;
  }

  function armed(value) {
    return /^'+[=+\-@\t\r]/.test(value) ? value.slice(1) : value;
  }

  // Names that are no UTF-8, in a file that is: as `formats/undecodable_names.py`.
  function escaped(string) {
    return string
      .replace(/\\(?=u(dc[89a-f][0-9a-f]|005c))/g, '\\u005c')
      .replace(/(?<![\ud800-\udbff])[\udc80-\udcff]/g,
        (byte) => '\\u' + byte.charCodeAt(0).toString(16));
  }

  function unescaped(string) {
    return string.replace(/\\u(dc[89a-f][0-9a-f]|005c)/g,
      (_, code) => String.fromCharCode(parseInt(code, 16)));
  }

  function csvRow(values) {
    return values.map((value) => {
      const string = escaped(String(value));
      return /[,;\t"\r\n]/.test(string) ? '"' + string.replaceAll('"', '""') + '"' : string;
    }).join(',') + '\n';
  }

  function parseCsv(content) {
    const string = content.replace(/^\ufeff/, '');
    const first = string.split(/\r?\n/, 1)[0];
    const comma = [',', ';', '\t'].reduce((best, mark) =>
      first.split(mark).length > first.split(best).length ? mark : best);
    const rows = [[]];
    const value = new RegExp(
      `(?:"((?:[^"]|"")*)"|([^${comma}\\r\\n]*))(${comma}|\\r\\n|\\n|\\r|$)`, 'gy');
    for (let match; value.lastIndex < string.length && (match = value.exec(string));) {
      const quoted = match[1] !== undefined;
      rows.at(-1).push(quoted ? match[1].replaceAll('""', '"') : match[2]);
      if (match[3] !== comma && match[3]) rows.push([]);
    }
    return rows.filter((row) => row.some((entry) => entry));
  }

  function element(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, content] of Object.entries(properties)) {
      if (name.includes('-') || name === 'role') made.setAttribute(name, content);
      else made[name] = content;
    }
    made.append(...children);
    return made;
  }

  // 'cat' and, if it is another, '→ dog', as elements that texts from right to left do
  // not turn around.
  function labels(given, suggested, differ) {
    const made = [element('bdi', { className: 'given', textContent: given })];
    if (differ) {
      made.push(element('span', { className: 'suggested' }, '→ ',
        element('bdi', { textContent: suggested })));
    }
    return made;
  }

  const count = (number) => number.toLocaleString('en');

  return {
    address, armed, bytes, count, csvRow, element, labels, lossy, numbers, parseCsv, unarmed,
    unescaped,
  };
})();
