import type { Logger } from "pino";
import { createAccountModules } from "./account-modules.ts";
import type { Bus } from "./bus/bus.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config/config.ts";
import type { Engine } from "./engine/engine.ts";
import type { RoomTours } from "./engine/rooms/room-tours.ts";
import type { Users } from "./engine/users/users.ts";
import type { Limiter } from "./http/rate-limits.ts";
import { InTurn } from "./in-turn.ts";
import { accountData, createAccountData, createIgnoredBy } from "./modules/account-data/index.ts";
import { CrossSigningKeys, crossSigning } from "./modules/cross-signing/index.ts";
import { dehydratedDevices } from "./modules/dehydrated-devices/index.ts";
import { createDeviceKeys, DeviceLists, deviceKeys } from "./modules/device-keys/index.ts";
import { devices } from "./modules/devices/index.ts";
import { createFilters, filter } from "./modules/filter/index.ts";
import { guestAccess } from "./modules/guest-access/index.ts";
import { gettingEvents } from "./modules/getting-events/index.ts";
import { notifications } from "./modules/notifications/index.ts";
import { oldSync } from "./modules/old-sync/index.ts";
import { keyBackup } from "./modules/key-backup/index.ts";
import {
  clearAbandonedFiles,
  type FileStore,
  media,
  MediaLibrary,
  Scanner,
  Thumbnails,
  ThumbnailWorkers,
} from "./modules/media/index.ts";
import type { Module } from "./modules/module.ts";
import { mutualRooms } from "./modules/mutual-rooms/index.ts";
import { openid } from "./modules/openid/index.ts";
import { Presences, presence, presenceEvents } from "./modules/presence/index.ts";
import { createProfiles, memberFields, profile } from "./modules/profile/index.ts";
import { createPushRules, type PushRules, pushRules } from "./modules/push-rules/index.ts";
import { createReceipts, receipts } from "./modules/receipts/index.ts";
import { createRelations, relations } from "./modules/relations/index.ts";
import { createReports, reporting } from "./modules/reporting/index.ts";
import { createAliases, roomAliases } from "./modules/room-aliases/index.ts";
import { roomCreation } from "./modules/room-creation/index.ts";
import { roomDirectory } from "./modules/room-directory/index.ts";
import { departure, renaming, roomMembership } from "./modules/room-membership/index.ts";
import { roomState, stateRules } from "./modules/room-state/index.ts";
import { roomSummary } from "./modules/room-summary/index.ts";
import { inheritance, roomUpgrades } from "./modules/room-upgrades/index.ts";
import { search } from "./modules/search/index.ts";
import { sendingEvents } from "./modules/sending-events/index.ts";
import { createServerNotices, serverNotices } from "./modules/server-notices/index.ts";
import { serverAdministration } from "./modules/server-administration/index.ts";
import { serverDiscovery } from "./modules/server-discovery/index.ts";
import { spaces } from "./modules/spaces/index.ts";
import { sync } from "./modules/sync/index.ts";
import { timestampToEvent } from "./modules/timestamp-to-event/index.ts";
import { thirdPartyNetworks } from "./modules/third-party-networks/index.ts";
import { tags } from "./modules/tags/index.ts";
import { toDevice } from "./modules/to-device/index.ts";
import { typing } from "./modules/typing/index.ts";
import { UrlPreviews, urlPreviews } from "./modules/url-previews/index.ts";
import { userDirectory } from "./modules/user-directory/index.ts";
import { voip } from "./modules/voip/index.ts";
import { parseRoomAlias } from "./protocol/ids/ids.ts";
import { roomVersions } from "./protocol/room-versions/index.ts";
import type { SigningKey } from "./protocol/signing/crypto.ts";
import type { Outgoing } from "./outgoing/outgoing.ts";
import type { Database } from "./store/sql.ts";

/** What the modules are made from. */
export interface Parts extends Engine {
  readonly bus: Bus;
  readonly database: Database;
  readonly clock: Clock;
  readonly users: Users;
  readonly limiter: Limiter;
  readonly logger: Logger;
  readonly signingKey: SigningKey;
  readonly tours: RoomTours;
  /** Where the bytes of media are. */
  readonly files: FileStore;
  readonly outgoing: Outgoing;
  /** Takes care of work that nobody waits for: logs its failure. */
  readonly background: (name: string, work: Promise<void>) => void;
}

/** Everything that this server can do: to add a capability is to add a folder and its line here. */
export function createModules(config: Config, parts: Parts): Module[] {
  const { serverName, publicBaseUrl } = config;
  const { rooms, users, tours } = parts;
  const needs = { ...parts, sql: parts.database, serverName, publicBaseUrl };
  const aliases = createAliases(needs);
  const filters = createFilters(needs);
  const { user: noticesUser, ...noticesLook } = config.serverNotices;
  const noticesUserId = `@${noticesUser}:${serverName}`;
  const profiles = createProfiles(needs);
  const profileOf = async (userId: string) => await profiles.getMember(userId);
  profiles.onChange((tx, userId, name) => {
    if (memberFields.has(name)) tours.beginIn(tx, { kind: "renaming", userId });
  });
  tours.onVisit("renaming", renaming({ rooms, profileOf }));
  tours.onVisit("departure", departure(rooms));
  const setDisplayName = async (userId: string, name: string): Promise<void> => {
    await profiles.set(userId, "displayname", name);
  };
  const { uia, modules: accountModules } = createAccountModules(config, parts, {
    isExclusive: (userId) => userId === noticesUserId,
    setDisplayName,
  });
  const resolveRoom = async (roomIdOrAlias: string): Promise<string> => await aliases.resolve(roomIdOrAlias);
  const stateRulesOf = stateRules({
    serverName,
    roomOfAlias: async (alias) => (await aliases.byAlias(alias))?.roomId,
    isRoomAlias: (text) => parseRoomAlias(text) !== undefined,
  });

  const globalRulesOf = async (userId: string) => ({ global: await rules.personalRulesetOf(userId) });
  const data = createAccountData({ ...needs, made: new Map([["m.push_rules", globalRulesOf]]) });
  const receiptBook = createReceipts(needs);
  const rules: PushRules = createPushRules({ ...needs, accountData: data });
  const ignoredBy = createIgnoredBy({ ...needs, accountData: data });
  const related = createRelations({ ...needs, ignoredBy, replaceEditedContent: false });

  const notices = createServerNotices({
    ...needs,
    aliases,
    profileOf,
    profiles,
    accountData: data,
    roomVersion: config.defaultRoomVersion,
    settings: { userId: noticesUserId, ...noticesLook },
  });
  const presences = config.presence.enabled ? new Presences({ ...needs, profileOf }) : undefined;
  const presenceEventsOf = presenceEvents({ ...needs, presences, ignoredBy });

  const inherit = inheritance({ ...needs, accountData: data, pushRules: rules });

  const deviceLists = new DeviceLists({ ...needs, memberships: rooms.memberships, events: rooms.events });
  const crossSigningKeys = new CrossSigningKeys({ ...needs, deviceLists });
  const ofDevices = { deviceLists, crossSigning: crossSigningKeys };
  const deviceKeyParts = createDeviceKeys({ ...needs, ...ofDevices });

  const fileTurns = new InTurn();
  const thumbnailWorkers = new ThumbnailWorkers({ longestMs: config.media.thumbnailTimeLimitMs });
  const scanner = config.media.scanner && new Scanner(config.media.scanner, needs.logger.child({ module: "media" }));
  parts.background("files of uploads that were interrupted", clearAbandonedFiles({ ...needs, fileTurns }));
  const library = new MediaLibrary({ ...needs, fileTurns, scanner, limits: config.media });
  const { urlPreviews: previewLimits } = config.media;

  const modules = [
    ...accountModules,
    devices({ users, uia }),
    filter({ filters }),
    pushRules({ pushRules: rules }),
    accountData({ accountData: data }),
    tags({ accountData: data }),
    profile({
      profiles,
      serverName,
      exists: async (userId) => (await users.accounts.get(userId)) !== undefined,
      onChanged: async (userId) => {
        await presences?.profileChanged(userId);
        await tours.firstRooms({ kind: "renaming", userId });
      },
    }),
    roomCreation({
      ...needs,
      aliases,
      profileOf,
      stateRules: stateRulesOf,
      defaultRoomVersion: config.defaultRoomVersion,
    }),
    roomAliases({ ...needs, aliases }),
    roomDirectory(needs),
    userDirectory({ ...needs, profiles }),
    roomMembership({ ...needs, profileOf, resolveRoom, onJoined: inherit, checkRefusal: notices.checkRefusal }),
    roomUpgrades({ ...needs, aliases, profileOf, inherit }),
    serverNotices(),
    guestAccess(needs),
    sendingEvents({ ...needs, send: related.send }),
    gettingEvents({ ...needs, ignoredBy }),
    timestampToEvent(needs),
    roomSummary({ ...needs, resolveRoom }),
    spaces(needs),
    mutualRooms(needs),
    relations(related),
    search({ ...needs, ignoredBy }),
    oldSync({
      ...needs,
      ignoredBy,
      accountData: data,
      receipts: receiptBook,
      presences,
      presenceEvents: presenceEventsOf,
    }),
    roomState({ ...needs, stateRules: stateRulesOf, checkRefusal: notices.checkRefusal, onJoined: inherit }),
    typing({ ...needs, ignoredBy }),
    presence({ ...needs, presences, ignoredBy }),
    receipts({ rooms, receipts: receiptBook, accountData: data, ignoredBy }),
    notifications({ ...needs, pushRules: rules, receipts: receiptBook, ignoredBy }),
    reporting({ ...needs, reports: createReports(needs) }),
    toDevice(needs),
    voip({ ...needs, turn: config.turn }),
    deviceKeys({ ...needs, ...ofDevices, parts: deviceKeyParts }),
    crossSigning({ ...needs, uia, crossSigningKeys }),
    keyBackup(needs),
    dehydratedDevices({ ...needs, ...deviceKeyParts }),
    media({
      ...needs,
      library,
      thumbnails: new Thumbnails({
        ...needs,
        fileTurns,
        workers: thumbnailWorkers,
        maxPixels: config.media.maxImagePixels,
        areMadeAtUpload: config.media.areThumbnailsMadeAtUpload,
      }),
      workers: thumbnailWorkers,
      openUntil: config.media.openUntil,
    }),
    urlPreviews({
      ...needs,
      language: previewLimits.language,
      previews: previewLimits.enabled
        ? new UrlPreviews({
            ...needs,
            library,
            http: parts.outgoing.separate(previewLimits.deniedAddresses),
            limits: { ...previewLimits, maxImagePixels: config.media.maxImagePixels },
          })
        : undefined,
    }),
    thirdPartyNetworks(),
    openid(needs),
    serverAdministration(needs),
  ];
  const sections = modules.flatMap((module) => module.sync ?? []);
  const all = [
    ...modules,
    sync({
      ...needs,
      sections,
      ignoredBy,
      storedFilter: async (userId, filterId) => await filters.get(userId, filterId),
      onSync: presences && (async (device, word) => await presences.sync(device, word)),
    }),
  ];
  const features = all.flatMap((module) => module.features ?? []);
  return [
    serverDiscovery({
      config,
      roomVersions: [...roomVersions.keys()],
      features,
      givesLoginTokens: config.loginTokens.fromSessions,
      makesUrlPreviews: previewLimits.enabled,
    }),
    ...all,
  ];
}
