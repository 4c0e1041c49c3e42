using ProviderAgent.Chain.Keys.Remote;

namespace ProviderAgent.Chain.Keys;

/// <summary>The signer that a configuration names.</summary>
public static class SignerLoader
{
    // What systemd tells its services where their credentials lie.
    private const string CredentialsVariable = "CREDENTIALS_DIRECTORY";

    /// <summary>Reads the key, or meets the process that has it.</summary>
    /// <exception cref="KeyException">The key cannot be used; the message says what to do.</exception>
    public static ISigner Load(ChainKeyOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);

        // Once, while the program is put together, when there is nothing else to do.
        return options.Socket.Length > 0 ? SocketSigner.ConnectAsync(options.Socket, time, CancellationToken.None).GetAwaiter().GetResult() : LoadKey(options);
    }

    /// <summary>Reads the key of a file or a credential.</summary>
    /// <exception cref="KeyException">The key cannot be used; the message says what to do.</exception>
    public static ChainKey LoadKey(ChainKeyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var path = new KeyPath(checked((uint)options.Account), checked((uint)options.Index));
        var credentials = Environment.GetEnvironmentVariable(CredentialsVariable);
        SecretFile? password = (options.PasswordFile, options.PasswordCredential) switch
        {
            ({ Length: > 0 } file, _) => new SecretFile(file),
            (_, { Length: > 0 } name) => SecretFile.Credential(name, credentials),
            _ => null,
        };
        return options.Credential.Length > 0
            ? KeyFile.LoadCredential(options.Credential, credentials, path, password)
            : KeyFile.Load(options.File, options.PassphraseFile.Length > 0 ? options.PassphraseFile : null, path, password);
    }
}
