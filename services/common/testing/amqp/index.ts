export * from './rabbitmq-server';
