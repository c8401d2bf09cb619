import { runService } from '@strata/service-common';
import { buildApp } from './app';
import { readSettings } from './settings';

void runService({ name: 'web', readSettings, buildApp });
