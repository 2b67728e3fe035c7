import { ChatPanel } from './chat-panel.js';
import { byId } from './dom.js';
import { PlayerList } from './player-list.js';
import { Room } from './room.js';
import { RoomLink } from './room-link.js';
import { StatusBar } from './status-bar.js';

const title = document.title;
const lobby = byId('lobby', HTMLElement);
const stage = byId('game', HTMLElement);
const nameField = byId('name', HTMLInputElement);
const roomField = byId('room', HTMLInputElement);
const problem = byId('join-problem', HTMLElement);
const playButton = byId('join', HTMLFormElement).querySelector('button') as HTMLButtonElement;

let link: RoomLink | undefined;
let room: Room | undefined;

const chat = new ChatPanel(async (content, target) => {
  await link?.say(content, target);
});
const panels = { chat, list: new PlayerList((name) => chat.talkTo(name)), bar: new StatusBar() };

async function join(name: string, roomName: string): Promise<void> {
  playButton.disabled = true;
  problem.textContent = '';
  room = new Room(name, panels, backToLobby);
  link = new RoomLink(name, roomName, room);
  try {
    await link.join();
    showRoom(name, roomName);
  } catch (error) {
    backToLobby((error as Error).message);
  } finally {
    playButton.disabled = false;
  }
}

function showRoom(name: string, roomName: string): void {
  localStorage.setItem('name', name);
  // A link to this page leads into the same room.
  history.replaceState(null, '', `${location.search}#${encodeURIComponent(roomName)}`);
  byId('room-name', HTMLElement).textContent = roomName;
  document.title = `${roomName} · ${title}`;
  lobby.hidden = true;
  stage.hidden = false;
  chat.focus();
  // #region arena
  byId('arena', HTMLElement).focus();
  // #endregion arena
}

function backToLobby(reason: string): void {
  room?.close();
  void link?.leave();
  room = undefined;
  link = undefined;
  stage.hidden = true;
  lobby.hidden = false;
  document.title = title;
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
// #region arena

// What the end-to-end tests look at.
if (new URLSearchParams(location.search).has('debug')) {
  Object.assign(globalThis, { arena: () => room?.arena.state });
}
// #endregion arena
