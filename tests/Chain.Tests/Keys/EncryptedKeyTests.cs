using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using ProviderAgent.Chain.Keys;

namespace ProviderAgent.Chain.Tests.Keys;

[SupportedOSPlatform("linux")]
public sealed class EncryptedKeyTests : IDisposable
{
    private const string Words = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    private const string WordsAddress = "akash1avgyh77ycn997ja45q5q8ss8y9mr424jdp05vm";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TempFolder _folder = new();

    private SecretFile Password => new(Write("password", "correct horse\n"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Import_WithPassword_HidesTheWordsAndLoadsAgain()
    {
        var path = _folder.File("provider.key");

        using var made = KeyFile.Import(path, Words, password: Password);
        using var loaded = KeyFile.Load(path, password: Password);

        Assert.Equal((WordsAddress, WordsAddress), (made.Address.Value, loaded.Address.Value));
        Assert.Equal(Private, File.GetUnixFileMode(path));
        var text = File.ReadAllText(path);
        Assert.All(Words.Split(' '), word => Assert.DoesNotContain(word, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Import_Twice_IsEncryptedDifferently()
    {
        KeyFile.Import(_folder.File("a.key"), Words, password: Password).Dispose();
        KeyFile.Import(_folder.File("b.key"), Words, password: Password).Dispose();

        var (a, b) = (Field("a.key", "data"), Field("b.key", "data"));
        Assert.NotEqual(a, b);
    }

    [Fact]
    public void Load_PasswordOfACredential_IsTaken()
    {
        KeyFile.Import(_folder.File("provider.key"), Words, password: Password).Dispose();
        Write("pass", "correct horse", Private | UnixFileMode.GroupRead);

        using var key = KeyFile.Load(_folder.File("provider.key"), password: SecretFile.Credential("pass", _folder.Path));

        Assert.Equal(WordsAddress, key.Address.Value);
    }

    [Fact]
    public void Load_WrongPassword_SaysSoAndNothingElse()
    {
        KeyFile.Import(_folder.File("provider.key"), Words, password: Password).Dispose();

        var error = Assert.Throws<KeyException>(() => KeyFile.Load(_folder.File("provider.key"), password: new(Write("other", "incorrect horse"))));

        Assert.Contains("password is wrong", error.Message);
        Assert.DoesNotContain("horse", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_EncryptedWithoutPassword_NamesTheOption()
    {
        KeyFile.Import(_folder.File("provider.key"), Words, password: Password).Dispose();

        Assert.Contains("chain.key.password_file", Assert.Throws<KeyException>(() => KeyFile.Load(_folder.File("provider.key"))).Message);
    }

    [Fact]
    public void Load_PlainWithPassword_IsRefused() =>
        Assert.Contains("not encrypted", Assert.Throws<KeyException>(() => KeyFile.Load(Write("provider.key", Words), password: Password)).Message);

    [Fact]
    public void Load_PasswordOpenToOthers_IsRefused()
    {
        KeyFile.Import(_folder.File("provider.key"), Words, password: Password).Dispose();
        File.SetUnixFileMode(_folder.File("password"), Private | UnixFileMode.OtherRead);

        Assert.Contains("chmod", Assert.Throws<KeyException>(() => KeyFile.Load(_folder.File("provider.key"), password: new(_folder.File("password")))).Message);
    }

    [Fact]
    public void Create_ShortPassword_WritesNothing()
    {
        Assert.Contains("at least", Assert.Throws<KeyException>(() => KeyFile.Create(_folder.File("provider.key"), password: new(Write("short", "1234567\n")))).Message);

        Assert.False(File.Exists(_folder.File("provider.key")));
    }

    [Theory]
    [InlineData("schema", "2", "unknown")]
    [InlineData("kdf", "\"md5\"", "unknown")]
    [InlineData("cipher", "\"rot13\"", "unknown")]
    [InlineData("iterations", "1", "iterations")]
    [InlineData("iterations", "2000000000", "iterations")]
    [InlineData("iterations", "\"many\"", "damaged")]
    [InlineData("iterations", "210001", "was changed")]
    [InlineData("salt", "\"AAAAAAAAAAAAAAAAAAAAAA==\"", "was changed")]
    [InlineData("nonce", "\"AAAA\"", "damaged")]
    [InlineData("data", "\"\"", "damaged")]
    [InlineData("data", "\"!\"", "damaged")]
    public void Load_ChangedField_IsRefused(string field, string value, string hint)
    {
        var path = _folder.File("provider.key");
        KeyFile.Import(path, Words, password: Password).Dispose();
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        json[field] = JsonNode.Parse(value);
        File.WriteAllText(path, json.ToJsonString());

        var error = Assert.Throws<KeyException>(() => KeyFile.Load(path, password: Password));

        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("{\"schema\":{\"a\":{\"b\":{}}}}")]
    public void Load_Damaged_IsRefused(string content) =>
        Assert.Contains("damaged", Assert.Throws<KeyException>(() => KeyFile.Load(Write("provider.key", content), password: Password)).Message);

    [Fact]
    public void Copy_ChangesThePasswordAndTakesItOut()
    {
        KeyFile.Import(_folder.File("a.key"), Words, password: Password).Dispose();
        var other = new SecretFile(Write("other", "battery staple"));

        KeyFile.Copy(_folder.File("a.key"), Password, _folder.File("b.key"), password: other).Dispose();
        KeyFile.Copy(_folder.File("b.key"), other, _folder.File("c.key")).Dispose();

        Assert.Throws<KeyException>(() => KeyFile.Load(_folder.File("b.key"), password: Password));
        Assert.Equal(Words + "\n", File.ReadAllText(_folder.File("c.key")));
    }

    [Fact]
    public void Import_FromStream_TakesWordsAndRefusesTooMany()
    {
        using var key = KeyFile.Import(_folder.File("a.key"), new MemoryStream(Encoding.ASCII.GetBytes($"{Words}\n")));

        Assert.Equal(WordsAddress, key.Address.Value);
        Assert.Contains("too long", Assert.Throws<KeyException>(() => KeyFile.Import(_folder.File("b.key"), new MemoryStream(new byte[1_000_000]))).Message);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(18)]
    [InlineData(24)]
    public void Create_NumberOfWords_IsAsAsked(int words)
    {
        KeyFile.Create(_folder.File("a.key"), words).Dispose();

        Assert.Equal(words, File.ReadAllText(_folder.File("a.key")).Split(' ').Length);
        KeyFile.Load(_folder.File("a.key")).Dispose();
    }

    [Fact]
    public void Create_OtherNumberOfWords_IsRefused() => Assert.Throws<KeyException>(() => KeyFile.Create(_folder.File("a.key"), 13));

    private string Field(string name, string field) => JsonNode.Parse(File.ReadAllText(_folder.File(name)))![field]!.GetValue<string>();

    private string Write(string name, string content, UnixFileMode mode = Private)
    {
        var path = _folder.File(name);
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, mode);
        return path;
    }
}
