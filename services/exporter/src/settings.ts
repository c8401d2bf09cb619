import { readServiceSettings, readWholeNumber, type ServiceSettings, type Variables } from '@strata/service-common';

export interface ExporterSettings extends ServiceSettings {
  readonly scrapeTimeoutSeconds: number;
  readonly maxStudents: number;
}

export function readSettings(variables: Variables): ExporterSettings {
  return {
    ...readServiceSettings(variables, 9100),
    scrapeTimeoutSeconds: readWholeNumber(variables, 'SCRAPE_TIMEOUT_SECONDS', { min: 1, max: 60 }, 5),
    maxStudents: readWholeNumber(variables, 'MAX_STUDENTS', { min: 1, max: 1_000 }, 100),
  };
}
