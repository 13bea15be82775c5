//! The assertion of `private_key_jwt` (RFC 7523, and OpenID Connect Core section 9): a short-lived, signed statement of who asks.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jackfield_protocol::error::{ErrorCode, Failure};
use ring::{
    rand::SystemRandom,
    signature::{
        self, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        EcdsaSigningAlgorithm, RsaEncoding, RsaKeyPair,
    },
};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject as _};
use serde_json::json;

use super::Algorithm;

/// How long an assertion is good, in seconds.
const LIFETIME: i64 = 300;

impl Algorithm {
    /// Its name in a JWT.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
        }
    }
}

/// A key that assertions are signed with.
pub(super) struct Signer {
    key: Key,
    algorithm: Algorithm,
    key_id: Option<String>,
}

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ecdsa(Box<EcdsaKeyPair>),
}

impl Signer {
    /// Reads a key in PEM.
    ///
    /// # Errors
    /// `InvalidConfig` at the secret, without a byte of it.
    pub(super) fn new(pem: &str, algorithm: Algorithm, key_id: Option<String>) -> Result<Self, Failure> {
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes())
            .map_err(|_| unusable("it is no private key in PEM"))?;
        let key = match algorithm {
            Algorithm::Es256 => ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING, &key)?,
            Algorithm::Es384 => ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING, &key)?,
            Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 => rsa(&key)?,
        };
        Ok(Self { key, algorithm, key_id })
    }

    /// Its algorithm.
    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Says to `audience` that `client` asks.
    pub(super) fn sign(&self, client: &str, audience: &str, now: i64) -> Result<String, Failure> {
        let mut head = json!({"alg": self.algorithm.name(), "typ": "client-authentication+jwt"});
        if let Some(key_id) = &self.key_id {
            head["kid"] = json!(key_id);
        }
        let claims = json!({
            "iss": client,
            "sub": client,
            "aud": audience,
            "iat": now,
            "exp": now.saturating_add(LIFETIME),
            "jti": uuid::Uuid::new_v4().to_string(),
        });
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(head), part(claims));
        let random = SystemRandom::new();
        let signature = match &self.key {
            Key::Ecdsa(key) => {
                key.sign(&random, signed.as_bytes()).map(|signature| signature.as_ref().to_vec())
            }
            Key::Rsa(key) => {
                let mut bytes = vec![0; key.public().modulus_len()];
                key.sign(self.padding(), &random, signed.as_bytes(), &mut bytes).map(|()| bytes)
            }
        };
        let signature = signature.map_err(|_| Failure::internal("The private key could not sign."))?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn padding(&self) -> &'static dyn RsaEncoding {
        match self.algorithm {
            Algorithm::Rs384 => &signature::RSA_PKCS1_SHA384,
            Algorithm::Rs512 => &signature::RSA_PKCS1_SHA512,
            _ => &signature::RSA_PKCS1_SHA256,
        }
    }
}

fn ecdsa(algorithm: &'static EcdsaSigningAlgorithm, key: &PrivateKeyDer<'_>) -> Result<Key, Failure> {
    let PrivateKeyDer::Pkcs8(der) = key else {
        return Err(unusable("for this algorithm it has to be one in PKCS #8 ('BEGIN PRIVATE KEY')")
            .hint("Convert it: openssl pkcs8 -topk8 -nocrypt -in old.pem -out new.pem"));
    };
    EcdsaKeyPair::from_pkcs8(algorithm, der.secret_pkcs8_der(), &SystemRandom::new())
        .map(|key| Key::Ecdsa(Box::new(key)))
        .map_err(|_| unusable("it is no key of the curve that the algorithm needs"))
}

fn rsa(key: &PrivateKeyDer<'_>) -> Result<Key, Failure> {
    let read = match key {
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        _ => return Err(unusable("it is no RSA key, which the algorithm needs")),
    };
    read.map(|key| Key::Rsa(Box::new(key)))
        .map_err(|_| unusable("it is no RSA key of at least 2048 bits, which the algorithm needs"))
}

fn unusable(why: &str) -> Failure {
    Failure::new(ErrorCode::InvalidConfig, format!("The private key cannot be used: {why}."))
        .at("/secrets/private_key")
        .hint("Enter the whole file, with its BEGIN and END lines, and choose the algorithm that belongs to it.")
}

#[cfg(test)]
mod tests {
    use rcgen::{KeyPair, PKCS_ECDSA_P384_SHA384};
    use ring::signature::UnparsedPublicKey;

    use super::*;

    #[test]
    fn an_assertion_can_be_verified_and_says_who_asks_whom() {
        let pair = KeyPair::generate().unwrap();
        let signer = Signer::new(&pair.serialize_pem(), Algorithm::Es256, Some("k1".to_owned())).unwrap();
        let jwt = signer.sign("client", "https://as", 1000).unwrap();
        let (signed, signature) = jwt.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, pair.public_key_raw())
            .verify(signed.as_bytes(), &signature)
            .unwrap();
        let part = |at: usize| -> serde_json::Value {
            let text = signed.split('.').nth(at).unwrap();
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
        };
        assert_eq!(part(0), json!({"alg": "ES256", "typ": "client-authentication+jwt", "kid": "k1"}));
        let claims = part(1);
        assert_eq!(
            (&claims["iss"], &claims["sub"], &claims["aud"]),
            (&json!("client"), &json!("client"), &json!("https://as"))
        );
        assert_eq!((claims["iat"].as_i64(), claims["exp"].as_i64()), (Some(1000), Some(1300)));
        let other = signer.sign("client", "https://as", 1000).unwrap();
        assert_ne!(jwt, other, "each has an id of its own");
    }

    /// A key of nobody, in both forms.
    const RSA: [&str; 2] = [include_str!("tests/rsa.pem"), include_str!("tests/rsa_pkcs1.pem")];

    #[test]
    fn rsa_keys_sign_too() {
        for (algorithm, verification) in [
            (Algorithm::Rs256, &signature::RSA_PKCS1_2048_8192_SHA256),
            (Algorithm::Rs384, &signature::RSA_PKCS1_2048_8192_SHA384),
            (Algorithm::Rs512, &signature::RSA_PKCS1_2048_8192_SHA512),
        ] {
            for pem in RSA {
                let signer = Signer::new(pem, algorithm, None).unwrap();
                let Key::Rsa(key) = &signer.key else { panic!("another kind of key") };
                let jwt = signer.sign("client", "https://as", 1000).unwrap();
                let (signed, signature) = jwt.rsplit_once('.').unwrap();
                let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
                UnparsedPublicKey::new(verification, key.public().as_ref())
                    .verify(signed.as_bytes(), &signature)
                    .unwrap();
            }
        }
    }

    #[test]
    fn a_key_that_does_not_fit_is_told_without_showing_it() {
        let pem = KeyPair::generate().unwrap().serialize_pem();
        let p384 = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
        assert!(Signer::new(&p384.serialize_pem(), Algorithm::Es384, None).is_ok());
        for (text, algorithm) in [
            (pem.as_str(), Algorithm::Es384),
            (pem.as_str(), Algorithm::Rs256),
            (RSA[0], Algorithm::Es256),
            (RSA[1], Algorithm::Es256),
            ("not a key", Algorithm::Es256),
            ("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----", Algorithm::Es256),
        ] {
            let failure = Signer::new(text, algorithm, None).err().unwrap();
            assert_eq!(failure.place.as_deref(), Some("/secrets/private_key"));
            assert!(
                !format!("{failure:?}").contains("AAAA") && !format!("{failure:?}").contains(&pem[40..80])
            );
        }
    }
}
