// The stand of a test file: database, pool and nginx, started before its tests and stopped after.
import { after, before } from "node:test";
import { createDatabase } from "./database.mjs";
import { startNginx } from "./nginx.mjs";
import { settings, startPool } from "./pool.mjs";
import { killAll } from "./process.mjs";

/** more: further settings; workers, nginx: as for startPool and startNginx; prepare: runs when everything is up. */
export function stand({ more = {}, workers = 2, nginx = {}, prepare = async () => {} } = {}) {
  const self = {};
  before(async () => {
    self.database = await createDatabase();
    self.pool = await startPool(settings(self.database, more), { workers });
    self.nginx = await startNginx(self.pool.socket, nginx);
    self.sql = self.database.sql;
    await prepare(self);
  });
  after(async () => {
    await self.nginx?.stop();
    await self.pool?.stop();
    await self.database?.drop();
    killAll();
    assertClean(self.pool);
  });
  return self;
}

/** Another pool and nginx on the same database with other settings; the caller closes it. */
export async function aside(database, more, nginx = {}) {
  const pool = await startPool(settings(database, more), { workers: 1 });
  const server = await startNginx(pool.socket, nginx);
  return {
    ...server,
    pool,
    close: async () => {
      await server.stop();
      await pool.stop();
    },
  };
}

/** If the pool is built with sanitizers, their findings fail the tests. */
function assertClean(pool) {
  const found = pool?.logText.match(/^.*(AddressSanitizer|LeakSanitizer|runtime error).*$/m);
  if (found) throw new Error(`${found[0]}\n${pool.logText.slice(found.index, found.index + 3000)}`);
}
