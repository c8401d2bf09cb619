import { readServiceSettings, readWholeNumber, type ServiceSettings, type Variables } from '@strata/service-common';
import { type QueueSettings, readQueueSettings } from '@strata/service-common/amqp';

export interface WorkerSettings extends ServiceSettings, QueueSettings {
  /** How long the work of one message takes. */
  readonly workMs: number;
  /** How long it is remembered that a message was done: a copy of it that comes later is done again. */
  readonly rememberSeconds: number;
}

export function readSettings(variables: Variables): WorkerSettings {
  return {
    ...readServiceSettings({ DRAIN_SECONDS: '0', ...variables }, 8080),
    ...readQueueSettings(variables),
    workMs: readWholeNumber(variables, 'WORK_MILLISECONDS', { min: 0, max: 3_600_000 }, 200),
    rememberSeconds: readWholeNumber(variables, 'REMEMBER_SECONDS', { min: 60, max: 31_536_000 }, 604_800),
  };
}
