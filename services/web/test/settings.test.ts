import type { Variables } from '@strata/service-common';
import { readSettings } from '../src/settings';

const REQUIRED = { REDIS_HOST: 'redis', REDIS_PORT: '6379', STUDENT: 'ada' };
const read = (variables: Variables) => readSettings({ ...REQUIRED, ...variables });

describe('web settings', () => {
  it('know nothing about the pod unless told', () => {
    const unknown = {
      environment: 'unknown',
      version: 'unknown',
      greeting: undefined,
      pod: 'unknown',
      ip: 'unknown',
      node: 'unknown',
      namespace: 'unknown',
      cpuRequestMillicores: undefined,
      memoryLimitBytes: undefined,
      labelsFile: undefined,
    };
    expect(read({})).toMatchObject({ port: 8080, student: 'ada', ...unknown });
  });

  it('take what the downward API tells', () => {
    const told = {
      ENVIRONMENT: 'prod',
      VERSION: '1.2.3',
      GREETING: 'Grüß Gott',
      POD_NAME: 'web-0',
      POD_IP: '10.0.0.7',
      NODE_NAME: 'n1',
      POD_NAMESPACE: 'course',
      CPU_REQUEST_MILLICORES: '50',
      MEMORY_LIMIT_BYTES: '201326592',
      LABELS_FILE: '/etc/pod-info/labels',
    };
    expect(read(told)).toMatchObject({
      environment: 'prod',
      version: '1.2.3',
      greeting: 'Grüß Gott',
      pod: 'web-0',
      ip: '10.0.0.7',
      node: 'n1',
      namespace: 'course',
      cpuRequestMillicores: 50,
      memoryLimitBytes: 201_326_592,
      labelsFile: '/etc/pod-info/labels',
    });
  });

  it.each<[Variables, string]>([
    [{ STUDENT: undefined }, 'STUDENT is not set; it must be 1 to 63 lower-case letters, digits or inner hyphens'],
    [{ STUDENT: 'Ada' }, 'STUDENT is "Ada"; it must be 1 to 63 lower-case letters, digits or inner hyphens'],
    [{ VERSION: '' }, 'VERSION is ""; it must be 1 to 253 characters without control characters'],
    [{ GREETING: '' }, 'GREETING is ""; it must be 1 to 253 characters without control characters'],
    [
      { CPU_REQUEST_MILLICORES: '0.05' },
      'CPU_REQUEST_MILLICORES is "0.05"; it must be a whole number from 0 to 9007199254740991',
    ],
    [{ POD_NAME: 'a\nb' }, 'POD_NAME is "a\\nb"; it must be 1 to 253 characters without control characters'],
  ])('refuse %j', (variables, message) => {
    expect(() => read(variables)).toThrow(new Error(message));
  });
});
