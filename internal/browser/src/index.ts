export { browserAvailable, findBrowser, type BrowserName } from './find-browser.js';
export { launchChromium, type ChromiumOptions } from './launch-chromium.js';
export { launchFirefox, type FirefoxOptions } from './launch-firefox.js';
