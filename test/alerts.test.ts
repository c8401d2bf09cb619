import course from '../main';
import { testAlerts } from '../testing';

testAlerts(course);
