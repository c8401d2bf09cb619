import { runProgram } from '@strata/service-common';
import { buildApp } from './app';
import { Publisher } from './publisher';
import { readSettings } from './settings';

void runProgram({
  name: 'queue-publisher',
  readSettings,
  build: (settings, drain, log) => {
    const publisher = new Publisher(settings, log);
    return {
      app: buildApp({ drain, publisher }),
      finish: () => publisher.finish(),
      done: publisher.done.then(() => {
        const { confirmed, repeated } = publisher.outbox;
        log('published', { confirmed, repeated });
      }),
      close: () => publisher.close(),
    };
  },
  describe: ({ queue, broker, messages, batch }) => ({
    ...{ queue, messages, batch },
    broker: `${broker.host}:${broker.port}`,
  }),
});
