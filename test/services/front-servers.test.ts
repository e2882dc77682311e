import { expect, it } from 'vitest';
import { startBind } from './bind.ts';
import { startHaproxy } from './haproxy.ts';
import { startNginx } from './nginx.ts';
import type { RunningServer } from './running-server.ts';
import { describeWithService } from './services.ts';

const servers = [
  {
    name: 'nginx',
    start: () => startNginx({ http: '' }),
    wrong: () => startNginx({ http: 'x y' }),
  },
  { name: 'haproxy', start: () => startHaproxy(''), wrong: () => startHaproxy('x y') },
  {
    name: 'bind',
    start: () => startBind({ options: 'recursion no;' }),
    wrong: () => startBind({ options: 'x y;' }),
  },
] as const;

for (const { name, start, wrong } of servers)
  describeWithService([name], `${name} of a test`, () => {
    it('is one process, comes back on its ports, and is gone when it is stopped', async () => {
      const server: RunningServer = await start();
      const [first, { url }] = [server.pid, server];
      await server.restart();
      expect(server.pid).not.toBe(first);
      expect(server.url).toBe(url);
      await server.stop();
      expect(() => process.kill(server.pid, 0)).toThrow(/ESRCH/);
    });

    it('says what it has against its configuration', async () => {
      await expect(wrong()).rejects.toThrow(new RegExp(`${name}: ended with .*\n[^]*x`));
    });
  });
