using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.Genesis;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Hosting;

/// <summary>The folder of a local chain: <c>genesis.json</c>, <c>blocks</c>, and the keys of its accounts with mode 0600.</summary>
public sealed class DevnetHome
{
    private const string GenesisName = "genesis.json";
    private const string BlocksName = "blocks";

    private DevnetHome(string directory, GenesisDocument genesis) => (Directory, Genesis) = (directory, genesis);

    public string Directory { get; }

    /// <summary>Key file of the account that the provider uses.</summary>
    public string ProviderKeyFile => KeyFileOf("provider");

    /// <summary>Key file of the account that deploys.</summary>
    public string TenantKeyFile => KeyFileOf("tenant");

    internal GenesisDocument Genesis { get; }

    internal string BlockFilePath => Path.Combine(Directory, BlocksName);

    /// <summary>Key file of a named account.</summary>
    public string KeyFileOf(string name) => Path.Combine(Directory, $"{name}.key");

    /// <summary>Makes a folder with new keys and a genesis in which they are funded.</summary>
    /// <param name="directory">May exist, but holds no genesis.</param>
    /// <param name="options">What the genesis says.</param>
    /// <param name="time">The chain's beginning is now.</param>
    /// <exception cref="IOException">There is a genesis already, or the folder cannot be written.</exception>
    /// <exception cref="KeyException">A key file is in the way.</exception>
    public static DevnetHome Create(string directory, DevnetOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        System.IO.Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, GenesisName);
        if (File.Exists(path)) throw new IOException($"{path} exists: this folder holds a chain already; open it, or remove the folder to start over");
        var accounts = new DevnetAccounts(name => Path.Combine(directory, $"{name}.key"));
        var genesis = GenesisFactory.Make(options, accounts.CreateKey, time);

        // Last and at once, so that a folder without it is one whose making was interrupted.
        var draft = $"{path}.new";
        File.WriteAllBytes(draft, genesis.ToJson());
        File.Move(draft, path);
        return new(directory, genesis);
    }

    /// <summary>Opens what <see cref="Create"/> made.</summary>
    /// <exception cref="IOException">There is no genesis, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It makes no sense.</exception>
    public static DevnetHome Open(string directory) =>
        new(directory, GenesisDocument.FromJson(File.ReadAllBytes(Path.Combine(directory, GenesisName))));

    /// <summary>True when the folder holds a chain.</summary>
    public static bool Exists(string directory) => File.Exists(Path.Combine(directory, GenesisName));

    private sealed class DevnetAccounts(Func<string, string> pathOf)
    {
        public AccountAddress CreateKey(string name)
        {
            // Left over from an interrupted making: the key was never used, but it is a key, so it is taken rather than removed.
            var path = pathOf(name);
            using var key = File.Exists(path) ? KeyFile.Load(path) : KeyFile.Create(path);
            return key.Address;
        }
    }
}
