import {
  PRINTABLE,
  readServiceSettings,
  readText,
  readWholeNumber,
  type ServiceSettings,
  STUDENT_NAME,
  type Variables,
} from '@strata/service-common';

export interface WebSettings extends ServiceSettings {
  readonly student: string;
  readonly environment: string;
  readonly version: string;
  /** Shown on the page and in `/info`; undefined where there is none. */
  readonly greeting: string | undefined;
  readonly pod: string;
  readonly ip: string;
  readonly node: string;
  readonly namespace: string;
  /** Fixed when the container starts; undefined where nobody says them. */
  readonly cpuRequestMillicores: number | undefined;
  readonly memoryLimitBytes: number | undefined;
  /** The file with the pod's labels, which follows their changes; undefined where there is none. */
  readonly labelsFile: string | undefined;
}

export function readSettings(variables: Variables): WebSettings {
  const optional = (name: string) => readText(variables, name, PRINTABLE, 'unknown');
  const number = (name: string) =>
    variables[name] === undefined
      ? undefined
      : readWholeNumber(variables, name, { min: 0, max: Number.MAX_SAFE_INTEGER });
  return {
    ...readServiceSettings(variables, 8080),
    student: readText(variables, 'STUDENT', STUDENT_NAME),
    environment: optional('ENVIRONMENT'),
    version: optional('VERSION'),
    greeting: variables.GREETING === undefined ? undefined : readText(variables, 'GREETING', PRINTABLE),
    pod: optional('POD_NAME'),
    ip: optional('POD_IP'),
    node: optional('NODE_NAME'),
    namespace: optional('POD_NAMESPACE'),
    cpuRequestMillicores: number('CPU_REQUEST_MILLICORES'),
    memoryLimitBytes: number('MEMORY_LIMIT_BYTES'),
    labelsFile: variables.LABELS_FILE,
  };
}
