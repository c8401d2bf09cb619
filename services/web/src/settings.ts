import {
  PRINTABLE,
  readServiceSettings,
  readText,
  type ServiceSettings,
  STUDENT_NAME,
  type Variables,
} from '@strata/service-common';

export interface WebSettings extends ServiceSettings {
  readonly student: string;
  readonly environment: string;
  readonly version: string;
  readonly pod: string;
  readonly node: string;
  readonly namespace: string;
}

export function readSettings(variables: Variables): WebSettings {
  const optional = (name: string) => readText(variables, name, PRINTABLE, 'unknown');
  return {
    ...readServiceSettings(variables, 8080),
    student: readText(variables, 'STUDENT', STUDENT_NAME),
    environment: optional('ENVIRONMENT'),
    version: optional('VERSION'),
    pod: optional('POD_NAME'),
    node: optional('NODE_NAME'),
    namespace: optional('POD_NAMESPACE'),
  };
}
