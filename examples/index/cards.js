import { keepConnected } from './keep-connected.js';

const words = { idle: '', starting: 'Starting …', running: 'Running', failed: 'Could not be run:' };

keepConnected('/states', {
  message(data) {
    for (const [name, { state, problem }] of Object.entries(JSON.parse(data))) {
      const card = document.getElementById(name);
      card.dataset.state = state;
      card.querySelector('.standing').textContent = `${words[state]} ${problem}`.trim();
    }
  },
});
