import { RedisLink, runProgram } from '@strata/service-common';
import { buildApp } from './app';
import { Done } from './done';
import { readSettings } from './settings';
import { Worker } from './worker';

void runProgram({
  name: 'queue-worker',
  readSettings,
  build: (settings, drain, log) => {
    const redis = new RedisLink(settings.redis, 'queue-worker', log);
    const worker = new Worker(settings, new Done(redis, settings), log);
    return {
      app: buildApp({ drain, redis, worker }),
      finish: () => worker.finish(),
      close: async () => {
        await worker.close();
        await redis.close();
      },
    };
  },
  describe: ({ queue, broker }) => ({ queue, broker: `${broker.host}:${broker.port}` }),
});
