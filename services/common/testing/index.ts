export * from './built-service';
export * from './cleanup';
export * from './fake-redis';
export * from './http';
export * from './promtool';
export * from './redis-server';
export * from './waiting';
