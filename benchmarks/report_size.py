"""What a report of many images costs: seconds and megabytes to write, and to look at.

The images are photographs' sizes with made-up content. Where there is a Chromium, it
opens the page from disk: seconds until something is to be seen and until all works, and
milliseconds until the page shows the result of a filter, a search, a jump and a mark.
Run: ``python benchmarks/report_size.py``
"""

import argparse
import io
import os
import resource
import runpy
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from ratios import record

from nl_plugins.report.label_report import LabelReport
from nl_plugins.report.noise_rate import NoiseRate
from nl_plugins.report.write_report import write_report

CLIENT = Path(__file__).parents[1] / 'tests' / 'chromium.py'
# the time from an action to the frame after the one that shows its result
MEASURE = """(async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const times = [];
  const box = document.getElementById('gallery');
  const form = document.getElementById('filters');
  const set = (name, value) => {
    form.elements[name].value = value;
    form.dispatchEvent(new Event('input'));
  };
  const actions = %s;
  for (const action of actions) {
    await frame();
    const start = performance.now();
    action();
    await frame();
    await new Promise((done) => { setTimeout(done); });
    times.push(performance.now() - start);
  }
  return times;
})()"""
ACTIONS = {
    'filter': '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1].map((c) => () => set("given", c))',
    'search': '["1", "12", "123", "", "x", ""].map((q) => () => set("query", q))',
    'order': '["class", "name", "index", "unsuspicious", "suggested", "class", "name",'
    ' "score"].map((o) => () => set("order", o))',
    'jump': 'Array.from({length: 100}, (_, i) => () => '
    '{ box.scrollTop = box.scrollHeight * ((i * 0.618) % 1); })',
    'scroll': 'Array.from({length: 200}, (_, i) => () => { box.scrollTop = 150 * i; })',
    'mark': 'Array.from({length: 50}, () => () => box.dispatchEvent('
    'new KeyboardEvent("keydown", {key: "w", bubbles: true})))',
}


def make_report(count: int, num_classes: int = 10) -> LabelReport:
    """Photographs of made-up content, a third of the labels suspicious."""
    rng = np.random.default_rng(0)
    files = []
    for _ in range(200):
        small = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
        file = io.BytesIO()
        Image.fromarray(small).resize((400, 300), Image.Resampling.BICUBIC).save(
            file, 'JPEG', quality=85
        )
        files.append(file.getvalue())
    scores = rng.beta(0.7, 0.5, count)
    given, other = rng.integers(0, num_classes, (2, count))
    suspicious = scores < 0.3
    return LabelReport(
        paths=[f'class {c}/photograph_{i:08d}.jpg' for i, c in enumerate(given)],
        class_names=[f'class {c}' for c in range(num_classes)],
        given_labels=given,
        suggested_labels=np.where(suspicious, other, given),
        scores=scores,
        recommended=np.where(suspicious, 'drop', 'keep'),
        nearest=rng.integers(0, count, (count, 5)),
        load_image=lambda i: files[i % len(files)],
        noise_rate=NoiseRate(0.3, 0.28, 0.33),
        noise_source='made-up scores.',
    )


def renderer_megabytes(parent: int) -> float:
    """Resident memory of the process that shows the page."""
    sizes = [0.0]
    for status in Path('/proc').glob('[0-9]*/status'):
        try:
            command = (status.parent / 'cmdline').read_bytes()
            lines = dict(line.split(':', 1) for line in status.read_text().splitlines())
        except OSError:
            continue
        group = os.getpgid(int(status.parent.name)) if command else 0
        if b'--type=renderer' in command and group == os.getpgid(parent):
            sizes.append(int(lines['VmRSS'].split()[0]) / 1024)
    return max(sizes)


def look(page: Path) -> None:
    """Open the page and use it."""
    client = runpy.run_path(str(CLIENT))
    if client['BINARY'] is None:
        print('no Chromium is there: the page was not opened')
        return
    with client['Chromium']() as browser:
        for fragment in ('', '#review'):
            browser.open(page, fragment)
            browser.wait_for("performance.getEntriesByName('first-contentful-paint')")
            times = browser.run(
                "['first-contentful-paint', 'usable', 'complete'].map((name) => "
                'performance.getEntriesByName(name)[0].startTime / 1000)'
            )
            shown = ', '.join(f'{t:.2f} s' for t in times)
            print(f'{fragment or "overview"}: first paint, usable, complete: {shown}')
        for name, actions in ACTIONS.items():
            times = sorted(browser.run(MEASURE % actions))
            median, slow = statistics.median(times), times[-1]
            print(f'{name}: median {median:.0f} ms, slowest {slow:.0f} ms')
        cards = browser.run("document.querySelectorAll('.card').length")
        heap = browser.run('performance.memory.usedJSHeapSize / 2 ** 20')
        total = renderer_megabytes(browser.process.pid)
        print(f'{cards} cards are elements; {heap:.0f} MB of objects, {total:.0f} MB')
        print(f'errors on the page: {browser.errors}')


def main() -> None:
    """Write a report and look at it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--images', type=int, default=50_000)
    args = parser.parse_args()
    report = make_report(args.images)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        page = write_report(report, out)
        seconds = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        files = [path for path in Path(out).rglob('*') if path.is_file()]
        size = sum(path.stat().st_size for path in files) / 2**20
        print(f'{args.images} images: {seconds:.1f} s, {len(files)} files, ', end='')
        print(f'{size:.0f} MB; peak memory +{after - before:.0f} MB')
        look(page)
    start = time.perf_counter()
    for index in range(args.images):
        Image.open(io.BytesIO(report.load_image(index))).load()
    decoding = 'decoding the images', time.perf_counter() - start
    record(f'report of {args.images} images', seconds, *decoding)


if __name__ == '__main__':
    main()
