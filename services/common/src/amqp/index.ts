export * from './amqp-link';
export * from './amqp-settings';
