import { browserAvailable, launchChromium } from '@postern/browser';
import { describe } from 'vitest';
import { describeBrowser } from './support/describe-browser.js';

const flags = ['--ignore-certificate-errors'];
const hosts = { 'stranger.example': '127.0.0.1' };

describe.skipIf(!browserAvailable('chromium'))('Chromium', () => {
  describeBrowser(() => launchChromium({ flags, hosts }), {});
});
