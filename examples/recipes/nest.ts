import type {
  BeforeApplicationShutdown,
  DynamicModule,
  OnApplicationBootstrap,
} from '@nestjs/common';
import type { Connector } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';

/** A link that starts with the application, and ends at its shutdown, after every `onModuleDestroy`. */
export class LinkService<T> implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly link;

  constructor(connector: Connector<T>) {
    this.link = createReconnectActor(connector);
  }

  onApplicationBootstrap(): void {
    this.link.start(); // not awaited, so the application may start before its servers: check `link.connection` in a health check
  }

  async beforeApplicationShutdown(signal?: string): Promise<void> {
    await this.link.close(signal);
  }
}

export class LinkModule {
  /** `imports: [LinkModule.of('PRICES', connector)]`, then `@Inject('PRICES') prices: LinkService<Prices>`. */
  static of(token: string, connector: Connector<unknown>): DynamicModule {
    const provider = { provide: token, useFactory: () => new LinkService(connector) };
    return { module: LinkModule, providers: [provider], exports: [provider] };
  }
}
