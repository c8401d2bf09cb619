import { BuiltService, cleanup, eventually } from '@strata/service-common/testing';

beforeAll(() => BuiltService.build('exporter'), 30_000);

const atEnd = cleanup(afterEach);

async function run(variables: Readonly<Record<string, string>>): Promise<BuiltService> {
  const service = await BuiltService.start('exporter', variables);
  atEnd(() => service.kill());
  return service;
}

describe('the built exporter', () => {
  it('says in one line why it cannot start', async () => {
    const service = await run({ REDIS_HOST: 'redis', REDIS_PORT: '6379', REDIS_PASSWORD_FILE: '/nowhere' });
    expect(await service.exit).toBe(1);
    expect(service.stderr).toBe(
      'exporter cannot start: REDIS_PASSWORD_FILE is "/nowhere" (ENOENT); it must name a readable file that holds the password\n',
    );
  });

  it('serves without Redis and ends cleanly', async () => {
    const service = await run({ REDIS_HOST: '127.0.0.1', REDIS_PORT: '1', DRAIN_SECONDS: '0' });
    await eventually(() => service.events.includes('started'));
    expect(await (await service.get('/metrics')).text()).toContain('\ncourse_redis_up 0\n');

    service.signal('SIGTERM');
    expect(await service.exit).toBe(0);
    expect(service.events.slice(-2)).toEqual(['draining', 'stopped']);
    expect(service.stderr).toBe('');
  });
});
