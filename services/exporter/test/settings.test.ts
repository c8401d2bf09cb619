import type { Variables } from '@strata/service-common';
import { readSettings } from '../src/settings';

const read = (variables: Variables) => readSettings({ REDIS_HOST: 'redis', REDIS_PORT: '6379', ...variables });

describe('exporter settings', () => {
  it('have defaults', () => {
    expect(read({})).toMatchObject({ port: 9100, scrapeTimeoutSeconds: 5, maxStudents: 100 });
  });

  it.each<[Variables, string]>([
    [{ SCRAPE_TIMEOUT_SECONDS: '0' }, 'SCRAPE_TIMEOUT_SECONDS is "0"; it must be a whole number from 1 to 60'],
    [{ SCRAPE_TIMEOUT_SECONDS: '5s' }, 'SCRAPE_TIMEOUT_SECONDS is "5s"; it must be a whole number from 1 to 60'],
    [{ MAX_STUDENTS: '1001' }, 'MAX_STUDENTS is "1001"; it must be a whole number from 1 to 1000'],
    [{ MAX_STUDENTS: '' }, 'MAX_STUDENTS is ""; it must be a whole number from 1 to 1000'],
  ])('refuse %j', (variables, message) => {
    expect(() => read(variables)).toThrow(new Error(message));
  });
});
