export * from './environment';
export * from './log';
export * from './probes';
export * from './process-metrics';
export * from './redis-link';
export * from './redis-settings';
export * from './service';
export * from './student';
