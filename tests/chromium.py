"""Chromium without a window, told what to do through two pipes."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

BINARY = next(filter(None, map(shutil.which, ('chromium', 'google-chrome'))), None)
_FLAGS = (
    '--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run '
    '--disable-extensions --disable-background-networking --remote-debugging-pipe '
    '--host-resolver-rules=MAP * ~NOTFOUND --window-size=1280,900'
)


class Chromium:
    """One page of a browser; commands are those of the DevTools protocol."""

    def __init__(self) -> None:
        self.profile = tempfile.mkdtemp()
        self.errors: list[str] = []  # what went wrong on the page
        self.requests: list[str] = []  # the addresses it asked for
        self._number = 0
        theirs, self._to = os.pipe()
        self._from, ours = os.pipe()

        def inherit() -> None:
            # away from 3 and 4 first, which may be among these
            read, write = os.dup(theirs), os.dup(ours)
            os.dup2(read, 3)
            os.dup2(write, 4)

        flags = [f'--{flag}' for flag in _FLAGS[2:].split(' --')]
        self.process = subprocess.Popen(
            [str(BINARY), *flags, f'--user-data-dir={self.profile}', 'about:blank'],
            preexec_fn=inherit,
            pass_fds=(3, 4),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs)
        os.close(ours)
        self._answers = os.fdopen(self._from, 'rb', buffering=0)
        self._rest = b''
        self._session: str | None = None
        targets = self.do('Target.getTargets')['targetInfos']
        page = next(t['targetId'] for t in targets if t['type'] == 'page')
        attached = self.do('Target.attachToTarget', targetId=page, flatten=True)
        self._session = attached['sessionId']
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.do(f'{domain}.enable')

    def __enter__(self) -> 'Chromium':
        return self

    def __exit__(self, *error: object) -> None:
        self._session = None
        try:
            self.do('Browser.close')
            self.process.wait(10)
        except (OSError, EOFError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self._to)
        self._answers.close()
        shutil.rmtree(self.profile, ignore_errors=True)

    def do(self, method: str, **params: Any) -> dict:
        """Send a command and wait for its answer."""
        self._number += 1
        message: dict = dict(id=self._number, method=method, params=params)
        if self._session:
            message['sessionId'] = self._session
        os.write(self._to, json.dumps(message).encode() + b'\0')
        while (answer := self._next()).get('id') != self._number:
            self._note(answer)
        if 'error' in answer:
            raise RuntimeError(f'{method}: {answer["error"]}')
        return answer['result']

    def open(self, path: Path, fragment: str = '') -> None:
        """Open a file and wait until its scripts are done."""
        address = path.resolve().as_uri()
        self.do('Page.navigate', url='about:blank')
        self.do('Page.navigate', url=address + fragment)
        self.wait_for("performance.getEntriesByName('complete').length")

    def run(self, script: str) -> Any:
        """The value of an expression (of a promise, what it resolves to)."""
        found = self.do(
            'Runtime.evaluate',
            expression=script,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        if 'exceptionDetails' in found:
            raise RuntimeError(json.dumps(found['exceptionDetails'])[:2000])
        return found['result'].get('value')

    def wait_for(self, script: str, seconds: float = 20) -> None:
        """Until an expression is true."""
        end = time.monotonic() + seconds
        while not self.run(f'Boolean({script})'):
            if time.monotonic() > end:
                raise TimeoutError(f'{script}; {self.errors}')
            time.sleep(0.02)

    def press(self, *keys: str) -> None:
        """Press keys, by their names in the DOM."""
        for key in keys:
            text = dict(text=key) if len(key) == 1 else {}
            self.do('Input.dispatchKeyEvent', type='keyDown', key=key, **text)
            self.do('Input.dispatchKeyEvent', type='keyUp', key=key)

    def resize(self, width: int, height: int, phone: bool = False) -> None:
        """Give the window another size."""
        self.do(
            'Emulation.setDeviceMetricsOverride',
            width=width,
            height=height,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )

    def dark(self, on: bool = True) -> None:
        """Prefer dark colours."""
        value = 'dark' if on else 'light'
        feature = dict(name='prefers-color-scheme', value=value)
        self.do('Emulation.setEmulatedMedia', features=[feature])

    def screenshot(self, path: Path) -> None:
        """What the page looks like, as PNG."""
        data = self.do('Page.captureScreenshot', format='png')['data']
        Path(path).write_bytes(base64.b64decode(data))

    def _next(self) -> dict:
        while b'\0' not in self._rest:
            part = self._answers.read(1 << 16)
            if not part:
                raise EOFError('Chromium ended')
            self._rest += part
        message, _, self._rest = self._rest.partition(b'\0')
        return json.loads(message)

    def _note(self, event: dict) -> None:
        params = event.get('params', {})
        if event['method'] == 'Runtime.exceptionThrown':
            details = params['exceptionDetails']
            text = details.get('exception', {}).get('description', details['text'])
            self.errors.append(text)
        elif event['method'] == 'Log.entryAdded':
            entry = params['entry']
            if entry['level'] == 'error':
                self.errors.append(f'{entry["text"]} {entry.get("url", "")}')
        elif event['method'] == 'Network.requestWillBeSent':
            self.requests.append(params['request']['url'])
        elif event['method'] == 'Page.javascriptDialogOpening':
            self.errors.append(f'a dialog opened: {params["message"]}')
