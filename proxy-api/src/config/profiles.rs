//! Which profile holds.

use ::masking::Profile;
use thiserror::Error;

/// What decides, from the strongest: what is asked for at the start, `policy.profile`, what is usual for the program.
#[derive(Clone, Copy, Debug, Default)]
pub struct Profiles {
    /// What the command line asks for.
    pub asked: Option<Profile>,
    /// What is usual for the program.
    pub usual: Profile,
}

/// Not the name of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a profile; allowed: strict, agent")]
pub struct InvalidProfile;

impl Profiles {
    /// A profile by its name, for a command line.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn by_name(name: &str) -> Result<Profile, InvalidProfile> {
        let named = Profile::ALL.into_iter().find(|profile| profile.name() == name);
        named.ok_or(InvalidProfile)
    }

    pub(super) fn decide(self, written: Option<Profile>) -> Profile {
        self.asked.or(written).unwrap_or(self.usual)
    }
}
