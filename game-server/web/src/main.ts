import { ChatPanel } from './chat-panel.js';
import { byId } from './dom.js';
import { Game } from './game.js';
import { GameLink } from './game-link.js';
import { PlayerList } from './player-list.js';
import { StatusBar } from './status-bar.js';

const lobby = byId('lobby', HTMLElement);
const stage = byId('game', HTMLElement);
const nameField = byId('name', HTMLInputElement);
const roomField = byId('room', HTMLInputElement);
const problem = byId('join-problem', HTMLElement);
const playButton = byId('join', HTMLFormElement).querySelector('button') as HTMLButtonElement;

let link: GameLink | undefined;
let game: Game | undefined;

const chat = new ChatPanel(async (content, target) => {
  await link?.say(content, target);
});
const panels = { chat, list: new PlayerList((name) => chat.talkTo(name)), bar: new StatusBar() };

async function join(name: string, room: string): Promise<void> {
  playButton.disabled = true;
  problem.textContent = '';
  const entering = new Game(name, panels, () => joining, backToLobby);
  const joining = new GameLink(name, room, entering);
  link = joining;
  game = entering;
  try {
    await joining.join();
    showGame(name, room);
  } catch (error) {
    backToLobby((error as Error).message);
  } finally {
    playButton.disabled = false;
  }
}

function showGame(name: string, room: string): void {
  localStorage.setItem('name', name);
  // A link to this page leads into the same room.
  history.replaceState(null, '', `${location.search}#${encodeURIComponent(room)}`);
  byId('room-name', HTMLElement).textContent = room;
  document.title = `${room} · Arena`;
  lobby.hidden = true;
  stage.hidden = false;
  byId('arena', HTMLElement).focus();
}

function backToLobby(reason: string): void {
  game?.close();
  void link?.leave();
  game = undefined;
  link = undefined;
  stage.hidden = true;
  lobby.hidden = false;
  problem.textContent = reason;
  nameField.focus();
}

byId('join', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  void join(nameField.value.trim(), roomField.value.trim());
});
byId('leave', HTMLElement).addEventListener('click', () => backToLobby(''));
addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || stage.hidden || event.target instanceof HTMLInputElement) return;
  if (event.target instanceof HTMLButtonElement) return;
  event.preventDefault();
  chat.focus();
});
addEventListener('pagehide', () => void link?.leave());

nameField.value = localStorage.getItem('name') ?? '';
nameField.focus();
roomField.value = decodeURIComponent(location.hash.slice(1)) || 'lobby';

// What the end-to-end tests look at.
if (new URLSearchParams(location.search).has('debug')) {
  Object.assign(globalThis, { arena: () => game?.arena });
}
