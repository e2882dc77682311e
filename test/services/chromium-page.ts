/** A page in a real Chromium: opened, typed into, asked and photographed, with everything that it complained about. */
import type { RunningServer } from './running-server.ts';

export interface ChromiumPage {
  /** Errors of scripts, of the console and of what was loaded, since it was opened. */
  readonly problems: readonly string[];
  /** What was asked for, the page itself included. */
  readonly requests: readonly string[];
  /** Goes to the address and resolves when everything of the page is loaded. */
  open(url: string): Promise<void>;
  /** The value of an expression in the page, as JSON has it. Throws what the expression throws. */
  ask<T>(expression: string): Promise<T>;
  /** A key as a person presses it: `/`, `Enter`. */
  press(key: string): Promise<void>;
  /** Text as a person types it into what has the focus. */
  type(text: string): Promise<void>;
  /** Sets the size of the window, in pixels. */
  resize(width: number, height: number): Promise<void>;
  /** What is seen now, as PNG in base64. */
  photograph(): Promise<string>;
  close(): Promise<void>;
}

type Parameters = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Parameters;
  readonly result?: Parameters;
  readonly error?: { readonly message: string };
}

/** The keys that have no text of their own, or more than that. */
const KEYS: Readonly<Record<string, Parameters>> = {
  Enter: { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' },
  Escape: { key: 'Escape', code: 'Escape', windowsVirtualKeyCode: 27 },
  ArrowDown: { key: 'ArrowDown', code: 'ArrowDown', windowsVirtualKeyCode: 40 },
};

const ANSWER_WITHIN_MS = 30_000;

/** A new empty page. */
export async function openChromiumPage(chromium: RunningServer): Promise<ChromiumPage> {
  const created = await fetch(`${chromium.url}/json/new?about:blank`, { method: 'PUT' });
  const { webSocketDebuggerUrl } = (await created.json()) as { webSocketDebuggerUrl: string };
  const problems: string[] = [];
  const requests: string[] = [];
  const session = await connect(webSocketDebuggerUrl, (method, params) => {
    const problem = problemOf(method, params);
    if (problem !== undefined) problems.push(problem);
    if (method === 'Network.requestWillBeSent')
      requests.push((params as { request: { url: string } }).request.url);
  });
  for (const domain of ['Page', 'Runtime', 'Log', 'Network'])
    await session.send(`${domain}.enable`);
  return {
    problems,
    requests,
    async open(url) {
      const loaded = session.once('Page.loadEventFired');
      await session.send('Page.navigate', { url });
      await loaded;
    },
    async ask<T>(expression: string) {
      const { result, exceptionDetails } = (await session.send('Runtime.evaluate', {
        expression,
        returnByValue: true,
        awaitPromise: true,
      })) as { result: { value: T }; exceptionDetails?: { exception?: { description?: string } } };
      if (exceptionDetails !== undefined)
        throw new Error(exceptionDetails.exception?.description ?? `${expression} failed`);
      return result.value;
    },
    async press(key) {
      const event = KEYS[key] ?? { key, text: key };
      await session.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
      await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
    },
    async type(text) {
      await session.send('Input.insertText', { text });
    },
    async resize(width, height) {
      const size = { width, height, deviceScaleFactor: 1, mobile: false };
      await session.send('Emulation.setDeviceMetricsOverride', size);
    },
    async photograph() {
      const { data } = (await session.send('Page.captureScreenshot')) as { data: string };
      return data;
    },
    close: session.close,
  };
}

function problemOf(method: string, params: Parameters): string | undefined {
  if (method === 'Runtime.exceptionThrown') return JSON.stringify(params['exceptionDetails']);
  if (method === 'Runtime.consoleAPICalled' && params['type'] === 'error')
    return JSON.stringify(params['args']);
  // Going on before everything is loaded cancels what is left.
  if (method === 'Network.loadingFailed' && params['canceled'] !== true)
    return String(params['errorText']);
  const { entry } = params as { entry?: { level: string; text: string } };
  return method === 'Log.entryAdded' && entry?.level === 'error' ? entry.text : undefined;
}

interface Session {
  send(method: string, params?: Parameters): Promise<Parameters>;
  /** Resolves with the next event of that name. */
  once(method: string): Promise<Parameters>;
  readonly close: () => Promise<void>;
}

async function connect(
  url: string,
  heard: (method: string, params: Parameters) => void,
): Promise<Session> {
  const socket = new WebSocket(url);
  const waiting = new Map<number | string, (message: Message) => void>();
  let last = 0;
  const closed = new Promise<void>((resolve) => {
    socket.addEventListener('close', () => resolve());
  });
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    const key = message.id ?? message.method ?? '';
    waiting.get(key)?.(message);
    waiting.delete(key);
    if (message.method !== undefined) heard(message.method, message.params ?? {});
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`${url} accepts no connection`)));
  });
  const next = (key: number | string, what: string): Promise<Message> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`Chromium: no answer to ${what} in ${ANSWER_WITHIN_MS / 1000} s`)),
        ANSWER_WITHIN_MS,
      );
      waiting.set(key, (message) => {
        clearTimeout(late);
        resolve(message);
      });
    });
  return {
    async send(method, params = {}) {
      last += 1;
      const answer = next(last, method);
      socket.send(JSON.stringify({ id: last, method, params }));
      const { result, error } = await answer;
      if (error !== undefined) throw new Error(`Chromium: ${method}: ${error.message}`);
      return result ?? {};
    },
    async once(method) {
      const { params } = await next(method, method);
      return params ?? {};
    },
    async close() {
      socket.close();
      await closed;
    },
  };
}
