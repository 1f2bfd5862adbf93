import { browserAvailable, launchFirefox } from '@postern/browser';
import { describe } from 'vitest';
import { describeBrowser } from './support/describe-browser.js';

const names = ['stranger.example'];

describe.skipIf(!browserAvailable('firefox'))('Firefox', () => {
  describeBrowser(() => launchFirefox({ names, anyCertificate: true }), {});
});
