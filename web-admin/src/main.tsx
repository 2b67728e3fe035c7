import { render } from 'preact';
import './style/base.css';
import './style/shell.css';
import './style/table.css';
import './style/parts.css';
import { App } from './shell/app.js';
import { speakAsWanted } from './words/words-store.js';

await speakAsWanted();
render(<App />, document.getElementById('page')!);
