import { type Rule, readText, type Variables } from '../environment';
import { type PeerSettings, readPeerSettings } from '../peer-settings';

export interface QueueSettings {
  readonly broker: PeerSettings;
  readonly queue: string;
}

const QUEUE_NAME: Rule = {
  says: 'be 1 to 253 letters, digits, dots, hyphens or underscores',
  accepts: (value) => /^[\w.-]{1,253}$/.test(value),
};

export function readQueueSettings(variables: Variables): QueueSettings {
  return { broker: readPeerSettings(variables, 'AMQP'), queue: readText(variables, 'QUEUE', QUEUE_NAME) };
}
