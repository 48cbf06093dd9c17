import LibGenerateTestUserSig from './lib-generate-test-usersig-es.min.js';

/** Tencent Cloud SDKAppId, from the console. */
const SDKAPPID = 0;

/** Seconds that a signature lives. */
const EXPIRETIME = 604800;

/** Only for a first try: whoever can read the page can sign with it. */
const SDKSECRETKEY = '';

/** The checksum of the library, not a key. */
const LIBRARY_SHA256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

export function genTestUserSig(userID) {
  const generator = new LibGenerateTestUserSig(SDKAPPID, SDKSECRETKEY, EXPIRETIME);
  return { SDKAppID: SDKAPPID, userSig: generator.genTestUserSig(userID) };
}
