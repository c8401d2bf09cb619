import { BuiltService, cleanup, eventually, FakeRedis } from '@strata/service-common/testing';
import { describeWithRabbitMq, RabbitMqServer } from '@strata/service-common/testing/amqp';
import { connect } from 'amqplib';

jest.setTimeout(180_000);

describeWithRabbitMq('publisher and worker with a real broker', () => {
  let broker: RabbitMqServer;
  const afterTest = cleanup(afterEach);

  beforeAll(async () => {
    BuiltService.build('queue-worker');
    BuiltService.build('queue-publisher');
    broker = await RabbitMqServer.start();
  });
  afterAll(() => broker.stop());

  const login = (name: 'queue-worker' | 'queue-publisher') => ({
    PATH: process.env.PATH ?? '',
    QUEUE: 'jobs',
    AMQP_HOST: '127.0.0.1',
    AMQP_PORT: String(broker.port),
    AMQP_USERNAME: name,
    AMQP_PASSWORD: `${name}-password`,
  });
  const publisher = async (variables: Record<string, string>) => {
    const started = await BuiltService.start('queue-publisher', { ...login('queue-publisher'), ...variables });
    afterTest(() => started.kill());
    return started;
  };
  const worker = async (redis: FakeRedis, variables: Record<string, string> = {}) => {
    const started = await BuiltService.start('queue-worker', {
      ...{ ...login('queue-worker'), REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port) },
      ...variables,
    });
    afterTest(() => started.kill());
    return started;
  };
  /** A Redis that keeps what is set, as SET … NX and EXISTS mean it. */
  const keeping = async () => {
    const keys = new Set<string>();
    const redis = await FakeRedis.start({
      EXISTS: ([key = '']) => (keys.has(key) ? 1 : 0),
      SET: ([key = '']) => (keys.has(key) ? null : keys.add(key) && 'OK'),
    });
    afterTest(() => redis.stop());
    return { redis, keys };
  };
  /** Not a number while it does not answer yet. */
  const metric = async (service: BuiltService, line: RegExp) => {
    const text = await service.get('/metrics').then(
      (response) => response.text(),
      () => '',
    );
    return Number(line.exec(text)?.[1]);
  };

  test('every message is confirmed, done once and acknowledged; the publisher ends by itself', async () => {
    const { redis, keys } = await keeping();
    const one = await worker(redis, { WORK_MILLISECONDS: '1' });
    const sender = await publisher({ MESSAGES: '300', BATCH: 'a' });
    expect(await sender.exit).toBe(0);
    expect(sender.stdout).toContain('"event":"published","confirmed":300,"repeated":0');
    await eventually(() => keys.size === 300, 30_000);
    expect(keys).toContain('work:done:jobs:a-299');
    await eventually(async () => (await metric(one, /queue_messages_total\{result="done"\} (\d+)/)) === 300);
    // Sent once more, they are known.
    expect(await (await publisher({ MESSAGES: '300', BATCH: 'a' })).exit).toBe(0);
    await eventually(
      async () => (await metric(one, /queue_messages_total\{result="duplicate"\} (\d+)/)) === 300,
      30_000,
    );
    expect(await broker.waiting('jobs')).toBe(0);
  });

  test('told to stop, a worker ends what it has, acknowledges it, and takes nothing more', async () => {
    const { redis, keys } = await keeping();
    expect(await (await publisher({ MESSAGES: '5', BATCH: 'b' })).exit).toBe(0);
    const one = await worker(redis, { WORK_MILLISECONDS: '1500' });
    await eventually(async () => (await metric(one, /queue_worker_busy (\d)/)) === 1, 20_000);
    one.signal('SIGTERM');
    expect(await one.exit).toBe(0);
    expect(keys.size).toBe(1);
    // Its last acknowledgement is not lost on the way out.
    expect(await broker.waiting('jobs')).toBe(4);
    const next = await worker(redis, { WORK_MILLISECONDS: '0' });
    await eventually(() => keys.size === 5, 20_000);
    await eventually(async () => (await broker.waiting('jobs')) === 0);
    // Only what was on its way to the one that stopped may come as delivered before; nothing was done twice.
    expect(await metric(next, /queue_messages_total\{result="done"\} (\d+)/)).toBe(4);
  });

  test('killed at work, a worker leaves its message to the next one', async () => {
    const { redis, keys } = await keeping();
    expect(await (await publisher({ MESSAGES: '1', BATCH: 'k' })).exit).toBe(0);
    const one = await worker(redis, { WORK_MILLISECONDS: '60000' });
    await eventually(async () => (await metric(one, /queue_worker_busy (\d)/)) === 1, 20_000);
    await one.kill();
    expect(keys.size).toBe(0);
    const next = await worker(redis, { WORK_MILLISECONDS: '0' });
    await eventually(() => keys.has('work:done:jobs:k-0'), 20_000);
    await eventually(async () => (await metric(next, /queue_redelivered_total (\d+)/)) === 1);
  });

  test('a broker that is lost and comes back costs time and no message', async () => {
    const { redis, keys } = await keeping();
    const one = await worker(redis, { WORK_MILLISECONDS: '2' });
    const sender = await publisher({ MESSAGES: '400', BATCH: 'c', PER_SECOND: '200' });
    await eventually(() => keys.size > 50, 20_000);
    await broker.kill();
    await eventually(() => one.events.includes('broker_down') && sender.events.includes('broker_down'), 20_000);
    expect((await one.get('/readyz')).status).toBe(200);
    await broker.start();
    expect(await sender.exit).toBe(0);
    await eventually(() => keys.size === 400, 60_000);
    await eventually(async () => (await broker.waiting('jobs')) === 0, 20_000);
  });

  test('what nobody can read is set aside, and the next one is done', async () => {
    const { redis, keys } = await keeping();
    const { port, username, password } = broker.settings('admin');
    const connection = await connect({ hostname: '127.0.0.1', port, username, password } as never);
    const channel = await connection.createConfirmChannel();
    channel.sendToQueue('jobs', Buffer.from('{}'), { persistent: true });
    channel.sendToQueue('jobs', Buffer.from('{}'), { persistent: true, messageId: 'd-0' });
    await channel.waitForConfirms();
    await connection.close();
    await worker(redis, { WORK_MILLISECONDS: '0' });
    await eventually(() => keys.has('work:done:jobs:d-0'), 20_000);
    await eventually(async () => (await broker.waiting('jobs.failed')) === 1, 20_000);
  });

  test('to a queue that does not exist nothing is said to be sent', async () => {
    const sender = await publisher({ MESSAGES: '1', BATCH: 'e', QUEUE: 'nowhere' });
    await eventually(async () => (await metric(sender, /queue_repeated_total (\d+)/)) > 0, 20_000);
    expect(await metric(sender, /queue_confirmed_total (\d+)/)).toBe(0);
    sender.signal('SIGTERM');
    // Not all is sent: its Job starts another pod.
    expect(await sender.exit).toBe(1);
  });
});
