import { readSettings as readPublisher } from '../../queue-publisher/src/settings';
import { readSettings } from '../src/settings';

const GIVEN = { QUEUE: 'jobs', AMQP_HOST: 'rabbitmq', AMQP_PORT: '5672', REDIS_HOST: 'redis', REDIS_PORT: '6379' };

test('a worker has a default for all but where its servers are, and its queue', () => {
  expect(readSettings(GIVEN)).toMatchObject({
    ...{ queue: 'jobs', workMs: 200, rememberSeconds: 604_800, drainSeconds: 0, port: 8080 },
    broker: { host: 'rabbitmq', port: 5672, username: undefined, password: undefined },
  });
});

test.each([
  ['QUEUE', '', 'QUEUE is ""; it must be 1 to 253 letters'],
  ['AMQP_PORT', '0', 'AMQP_PORT is "0"; it must be a whole number from 1 to 65535'],
  ['AMQP_USERNAME', 'me', 'AMQP_USERNAME is "me"; it must come with AMQP_PASSWORD_FILE or AMQP_PASSWORD'],
  ['WORK_MILLISECONDS', '-1', 'WORK_MILLISECONDS is "-1"'],
])('%s=%p is refused', (name, value, message) => {
  expect(() => readSettings({ ...GIVEN, [name]: value })).toThrow(message);
});

test('a publisher must be told how many messages, and of which batch', () => {
  expect(() => readPublisher(GIVEN)).toThrow('MESSAGES is not set');
  expect(() => readPublisher({ ...GIVEN, MESSAGES: '5' })).toThrow('BATCH is not set');
  expect(readPublisher({ ...GIVEN, MESSAGES: '5', BATCH: 'x' })).toMatchObject({ messages: 5, perSecond: 0 });
});
