import { PRINTABLE, readText, readWholeNumber, type Variables } from '@strata/service-common';
import { type QueueSettings, readQueueSettings } from '@strata/service-common/amqp';

export interface PublisherSettings extends QueueSettings {
  readonly port: number;
  readonly drainSeconds: number;
  readonly messages: number;
  /** What the ids of its messages begin with: started again with the same one, it sends the same messages. */
  readonly batch: string;
  /** Messages per second at most; 0: as fast as they are confirmed. */
  readonly perSecond: number;
  /** Messages under way at a time. */
  readonly window: number;
}

export function readSettings(variables: Variables): PublisherSettings {
  return {
    ...readQueueSettings(variables),
    port: readWholeNumber(variables, 'PORT', { min: 1, max: 65_535 }, 8080),
    drainSeconds: 0,
    messages: readWholeNumber(variables, 'MESSAGES', { min: 1, max: 10_000_000 }),
    batch: readText(variables, 'BATCH', PRINTABLE),
    perSecond: readWholeNumber(variables, 'PER_SECOND', { min: 0, max: 10_000 }, 0),
    window: readWholeNumber(variables, 'WINDOW', { min: 1, max: 10_000 }, 100),
  };
}
