import type { Variables } from './environment';
import { type PeerSettings, readPeerSettings } from './peer-settings';

export type RedisSettings = PeerSettings;

export function readRedisSettings(variables: Variables): RedisSettings {
  return readPeerSettings(variables, 'REDIS');
}
