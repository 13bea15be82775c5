//! Conversations, and tokens for the hub's API.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    ids::{ConversationId, TokenId},
    port::{ApiToken, ChatMessage, Conversation, ConversationFilter},
    time::now,
};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

use crate::Engine;

/// Longest name of a token and title of a conversation, in characters.
const MAX_TITLE: usize = 200;

impl Engine {
    /// Begins a chat.
    ///
    /// # Errors
    /// `InvalidRequest` when the title is longer than 200 characters; or the store's.
    pub async fn create_conversation(&self, title: String) -> Result<Conversation, Failure> {
        let title = bounded(title, "/title")?;
        let conversation =
            Conversation { id: ConversationId::new(), title, created_at: now(), updated_at: now() };
        self.inner.store.create_conversation(&conversation).await?;
        Ok(conversation)
    }

    /// Gives a chat another title.
    ///
    /// # Errors
    /// `InvalidRequest` when the title is longer than 200 characters; `NotFound`; or the store's.
    pub async fn rename_conversation(
        &self,
        id: ConversationId,
        title: String,
    ) -> Result<Conversation, Failure> {
        let title = bounded(title, "/title")?;
        self.inner.store.rename_conversation(id, &title).await?;
        Ok(self.conversation(id).await?.0)
    }

    /// Removes a chat with what was said; its runs stay.
    ///
    /// # Errors
    /// `NotFound`, or the store's.
    pub async fn delete_conversation(&self, id: ConversationId) -> Result<(), Failure> {
        Ok(self.inner.store.delete_conversation(id).await?)
    }

    /// Chats, last used first.
    ///
    /// # Errors
    /// The store's.
    pub async fn conversations(&self, filter: &ConversationFilter) -> Result<Vec<Conversation>, Failure> {
        Ok(self.inner.store.conversations(filter).await?)
    }

    /// One chat with what was said.
    ///
    /// # Errors
    /// `NotFound`, or the store's.
    pub async fn conversation(
        &self,
        id: ConversationId,
    ) -> Result<(Conversation, Vec<ChatMessage>), Failure> {
        let found = self.inner.store.conversation(id).await?;
        let conversation = found.ok_or_else(|| Failure::not_found("conversation", id))?;
        Ok((conversation, self.inner.store.messages(id).await?))
    }

    /// Makes a token. Its text is given once; the store keeps only its SHA-256.
    ///
    /// # Errors
    /// `InvalidRequest` when the name is empty or too long; or the store's.
    pub async fn create_token(&self, name: String) -> Result<(ApiToken, SecretString), Failure> {
        let name = bounded(name, "/name")?;
        if name.trim().is_empty() {
            return Err(Failure::new(ErrorCode::InvalidRequest, "A token needs a name.").at("/name"));
        }
        // Two random UUIDs: 244 random bits from the operating system.
        let mut random = [0_u8; 32];
        random[..16].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        random[16..].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        let text = format!("jf_{}", URL_SAFE_NO_PAD.encode(random));
        let token = ApiToken { id: TokenId::new(), name, created_at: now(), last_used_at: None };
        self.inner.store.insert_token(&token, hash(&text)).await?;
        Ok((token, text.into()))
    }

    /// All tokens, without their texts.
    ///
    /// # Errors
    /// The store's.
    pub async fn tokens(&self) -> Result<Vec<ApiToken>, Failure> {
        Ok(self.inner.store.tokens().await?)
    }

    /// Removes a token; it opens nothing any more.
    ///
    /// # Errors
    /// `NotFound`, or the store's.
    pub async fn delete_token(&self, id: TokenId) -> Result<(), Failure> {
        Ok(self.inner.store.delete_token(id).await?)
    }

    /// The token with this text, if there is one. That it was used is kept, to a minute.
    ///
    /// # Errors
    /// The store's.
    pub async fn authenticate(&self, text: &str) -> Result<Option<ApiToken>, Failure> {
        let token = self.inner.store.token_by_hash(hash(text)).await?;
        if let Some(token) = &token {
            self.inner.token_used(token);
        }
        Ok(token)
    }
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

fn bounded(text: String, place: &str) -> Result<String, Failure> {
    if text.chars().count() > MAX_TITLE {
        let message = format!("The text is longer than {MAX_TITLE} characters.");
        return Err(Failure::new(ErrorCode::InvalidRequest, message).at(place));
    }
    Ok(text)
}
