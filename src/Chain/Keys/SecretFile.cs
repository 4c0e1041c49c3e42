namespace ProviderAgent.Chain.Keys;

/// <summary>A file with a secret that belongs to a key: its password, or the passphrase of its words.</summary>
/// <param name="Path">The file; a line end after the secret does not belong to it.</param>
/// <param name="IsCredential">True for what systemd hands over: it grants the service's user access by an ACL, whose mask shows up as group bits.</param>
public readonly record struct SecretFile(string Path, bool IsCredential = false)
{
    /// <summary>A credential that systemd hands over (<c>LoadCredential=</c> or <c>LoadCredentialEncrypted=</c>).</summary>
    /// <param name="name">Its name.</param>
    /// <param name="directory">Where credentials lie: the value of <c>CREDENTIALS_DIRECTORY</c>; null or empty outside such a unit.</param>
    /// <exception cref="KeyException">Not a name, or there are no credentials.</exception>
    public static SecretFile Credential(string name, string? directory)
    {
        if (string.IsNullOrEmpty(name) || name.Contains('/') || name is "." or "..") throw new KeyException($"'{name}' is not the name of a credential");
        if (string.IsNullOrEmpty(directory))
        {
            throw new KeyException($"credential '{name}' is not there: the program was not started by a systemd unit with LoadCredential={name}:…");
        }

        return new(System.IO.Path.Combine(directory, name), IsCredential: true);
    }
}
