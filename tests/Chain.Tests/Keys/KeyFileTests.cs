using System.Runtime.Versioning;
using ProviderAgent.Chain.Keys;

namespace ProviderAgent.Chain.Tests.Keys;

[SupportedOSPlatform("linux")]
public sealed class KeyFileTests : IDisposable
{
    private const string Words = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    private const string WordsAddress = "akash1avgyh77ycn997ja45q5q8ss8y9mr424jdp05vm";
    private const string PassphraseAddress = "akash1rhwu8jzk0fsccnqtg3prpw7mk32k624hjl5ucd"; // with TREZOR
    private const string Raw = "c4a48e2fce1481cd3294b4490f6678090ea98d3d0e5cd984558ab0968741b104";
    private const string RawAddress = "akash19rl4cm2hmr8afy4kldpxz3fka4jguq0a3mq6x0";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Words + "\n", WordsAddress)]
    [InlineData("\n  " + Words + "  \r\n", WordsAddress)]
    [InlineData(Raw, RawAddress)]
    [InlineData(Raw + "\n", RawAddress)]
    public void Load_WordsOrHex_GivesTheKey(string content, string address)
    {
        using var key = KeyFile.Load(Write("provider.key", content));

        Assert.Equal(address, key.Address.Value);
    }

    [Fact]
    public void Load_PassphraseFile_IsUsed()
    {
        using var key = KeyFile.Load(Write("provider.key", Words), Write("passphrase", "TREZOR\n"));

        Assert.Equal(PassphraseAddress, key.Address.Value);
    }

    [Fact]
    public void Load_OtherPath_GivesAnotherKey()
    {
        using var key = KeyFile.Load(Write("provider.key", Words), null, new KeyPath(0, 2147483647));

        Assert.Equal("akash16cfylkj53nd2nrdd5g5zlqy3t7muqm4er4w8vw", key.Address.Value);
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupWrite)]
    public void Load_OpenToOthers_IsRefusedWithTheCommand(UnixFileMode mode)
    {
        var path = Write("provider.key", Words, mode);

        var error = Assert.Throws<KeyException>(() => KeyFile.Load(path));

        Assert.Contains($"chmod 600 {path}", error.Message);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("  \n", "empty")]
    [InlineData("legal winner", "words")]
    [InlineData(Raw + "00", "mnemonic")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "range")]
    public void Load_NotAKey_SaysFileAndCause(string content, string hint)
    {
        var path = Write("provider.key", content);

        var error = Assert.Throws<KeyException>(() => KeyFile.Load(path));

        Assert.Contains(path, error.Message);
        Assert.Contains(hint, error.Message);
        Assert.DoesNotContain(Raw, error.Message);
    }

    [Fact]
    public void Load_Missing_SaysHowToMakeOne() =>
        Assert.Contains("keys create", Assert.Throws<KeyException>(() => KeyFile.Load(_folder.File("none.key"))).Message);

    [Fact]
    public void Load_MissingFolder_IsAKeyException() =>
        Assert.Throws<KeyException>(() => KeyFile.Load(_folder.File("no/such/folder.key")));

    [Fact]
    public void Load_Folder_IsAKeyException() => Assert.Throws<KeyException>(() => KeyFile.Load(_folder.Path));

    [Fact]
    public void Load_HugeFile_IsRefused() =>
        Assert.Contains("too long", Assert.Throws<KeyException>(() => KeyFile.Load(Write("provider.key", new string('a', 1_000_000)))).Message);

    [Fact]
    public void Create_New_IsPrivateAndLoadsAgain()
    {
        var path = _folder.File("provider.key");

        using var made = KeyFile.Create(path);
        using var loaded = KeyFile.Load(path);

        Assert.Equal(made.Address, loaded.Address);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(24, File.ReadAllText(path).Split(' ').Length);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Create_Existing_IsLeftAlone()
    {
        var path = Write("provider.key", Words);

        var error = Assert.Throws<KeyException>(() => KeyFile.Create(path));

        Assert.Contains("not overwritten", error.Message);
        Assert.Equal(Words, File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Import_NotAKey_WritesNothing()
    {
        Assert.Throws<KeyException>(() => KeyFile.Import(_folder.File("provider.key"), "not a key"));

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Import_Words_KeepsThem()
    {
        var path = _folder.File("provider.key");

        using var key = KeyFile.Import(path, $" {Words} ");

        Assert.Equal(WordsAddress, key.Address.Value);
        Assert.Equal(Words + "\n", File.ReadAllText(path));
    }

    [Fact]
    public void Import_NoFolder_IsAKeyException() =>
        Assert.Contains("cannot be written", Assert.Throws<KeyException>(() => KeyFile.Import(_folder.File("no/provider.key"), Words)).Message);

    [Fact]
    public void LoadCredential_GroupReadableByAcl_IsAccepted()
    {
        Write("wallet", Words, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        using var key = KeyFile.LoadCredential("wallet", _folder.Path);

        Assert.Equal(WordsAddress, key.Address.Value);
    }

    [Theory]
    [InlineData("wallet", null, "systemd")]
    [InlineData("../wallet", "here", "not the name")]
    [InlineData("none", "here", "does not exist")]
    public void LoadCredential_Wrong_SaysWhy(string name, string? directory, string hint) =>
        Assert.Contains(hint, Assert.Throws<KeyException>(() => KeyFile.LoadCredential(name, directory is null ? null : _folder.Path)).Message);

    private string Write(string name, string content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var path = _folder.File(name);
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, mode);
        return path;
    }
}
