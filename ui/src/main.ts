import { mount } from 'svelte';

import './shared/tokens.css';
import './shared/base.css';
import { connect } from './api';
import { App } from './app.svelte';
import AppRoot from './App.svelte';

const target = document.getElementById('app');
if (target) {
  const app = new App(await connect());
  mount(AppRoot, { target, props: { app } });
  await app.begin();
}
