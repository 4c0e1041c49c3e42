using System.CommandLine;
using System.Text.Json.Serialization;
using ProviderAgent.Chain;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Hosting;

namespace ProviderAgent.Cli.Verbs;

/// <summary><c>keys create</c>, <c>keys import</c>, <c>keys show</c> and <c>keys serve</c>.</summary>
/// <param name="input">Where words are read from; standard input when nothing else is said.</param>
internal sealed class KeysVerb(Func<Stream>? input = null) : IVerb
{
    private readonly Func<Stream> _input = input ?? Console.OpenStandardInput;

    public Command Create(CliContext context) => new("keys", "Make, take over and show signing keys, and sign for a daemon that has none")
    {
        Make(context), Import(context), Show(context), new KeysServe().Create(context),
    };

    private static Command Make(CliContext context)
    {
        var (file, password) = (FileArgument("The key file to make"), KeyOptions.PasswordFile());
        var words = new Option<int>("--words") { Description = "12, 15, 18, 21 or 24", DefaultValueFactory = _ => 24 };
        var verb = new Command("create", "Make a new key of random words; never overwrites a file") { file, words, password };
        verb.SetAction(parsed =>
        {
            using var key = KeyFile.Create(parsed.GetRequiredValue(file), parsed.GetValue(words), KeyOptions.Secret(parsed.GetValue(password)));
            Print(context, parsed, key, parsed.GetRequiredValue(file));
            context.Errors.WriteLine($"The words in {parsed.GetValue(file)} are the key: whoever has them has the money. Keep a copy off this machine.");
            if (parsed.GetValue(password) is not null) context.Errors.WriteLine("It is encrypted: without the password the words are lost. Set chain.key.password_file or chain.key.password_credential.");
            return (int)ExitCode.Done;
        });
        return verb;
    }

    private Command Import(CliContext context)
    {
        var (file, path) = (FileArgument("The key file to make"), new KeyOptions());
        var from = new Option<string?>("--from") { Description = "Take the key of this key file instead of standard input", HelpName = "FILE" };
        var fromPassword = new Option<string?>("--from-password-file") { Description = "File with the password of the file that it is taken from", HelpName = "FILE" };
        var verb = new Command("import", "Take over words or 64 hex digits from standard input, or another key file; never overwrites a file") { file, from, fromPassword };
        path.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var target = parsed.GetRequiredValue(file);
            using var key = parsed.GetValue(from) is { } source
                ? KeyFile.Copy(source, KeyOptions.Secret(parsed.GetValue(fromPassword)), target, parsed.GetValue(path.Passphrase), path.PathOf(parsed), path.SecretOf(parsed))
                : KeyFile.Import(target, _input(), parsed.GetValue(path.Passphrase), path.PathOf(parsed), path.SecretOf(parsed));
            Print(context, parsed, key, target);
            foreach (var line in path.Settings(parsed)) context.Errors.WriteLine(line);
            return (int)ExitCode.Done;
        });
        return verb;
    }

    private static Command Show(CliContext context)
    {
        var (file, path) = (FileArgument("The key file; only its owner may read it"), new KeyOptions());
        var verb = new Command("show", "Print the address of a key file") { file };
        path.AddTo(verb);
        verb.SetAction(parsed =>
        {
            using var key = KeyFile.Load(parsed.GetRequiredValue(file), parsed.GetValue(path.Passphrase), path.PathOf(parsed), path.SecretOf(parsed));
            Print(context, parsed, key, parsed.GetRequiredValue(file));
            return (int)ExitCode.Done;
        });
        return verb;
    }

    private static Argument<string> FileArgument(string description) => new("file") { Description = description };

    private static void Print(CliContext context, ParseResult parsed, ChainKey key, string file) =>
        context.Print(parsed, new KeyReport(1, key.Address.Value, file), KeyJson.Default.KeyReport, (output, report) => output.WriteLine(report.Address));
}

/// <summary>What says which key of a file is meant, as options of the command line; the same as in section <c>chain.key</c>.</summary>
internal sealed class KeyOptions
{
    public Option<string?> Passphrase { get; } = new("--passphrase-file") { Description = "File with the passphrase of the words, if they have one", HelpName = "FILE" };

    public Option<string?> Password { get; } = PasswordFile();

    private Option<int> Account { get; } = new("--account") { Description = "Account in the key path m/44'/118'/account'/0/index" };

    private Option<int> Index { get; } = new("--index") { Description = "Index in the key path" };

    public static Option<string?> PasswordFile() => new("--password-file") { Description = "File with the password that the key file is encrypted with", HelpName = "FILE" };

    public static SecretFile? Secret(string? path) => path is null ? null : new SecretFile(path);

    public void AddTo(Command verb)
    {
        foreach (var option in (Option[])[Account, Index, Passphrase, Password]) verb.Options.Add(option);
    }

    public SecretFile? SecretOf(ParseResult parsed) => Secret(parsed.GetValue(Password));

    /// <exception cref="ExitException">A negative number.</exception>
    public KeyPath PathOf(ParseResult parsed)
    {
        var (account, index) = (parsed.GetValue(Account), parsed.GetValue(Index));
        return account >= 0 && index >= 0 ? new((uint)account, (uint)index) : throw new ExitException(ExitCode.Usage, "--account and --index must be from 0 to 2147483647");
    }

    /// <summary>What the configuration needs beside the file, so that the daemon finds the same key.</summary>
    public IEnumerable<string> Settings(ParseResult parsed)
    {
        var path = PathOf(parsed);
        if (path.Account != 0) yield return $"set chain.key.account: {path.Account}";
        if (path.Index != 0) yield return $"set chain.key.index: {path.Index}";
        if (parsed.GetValue(Passphrase) is { } passphrase) yield return $"set chain.key.passphrase_file: {passphrase}";
        if (parsed.GetValue(Password) is { } password) yield return $"set chain.key.password_file: {password}, or chain.key.password_credential";
    }

    /// <summary>The same as options of the configuration.</summary>
    public ChainKeyOptions ToChainOptions(ParseResult parsed, string? file, string? credential, string? passwordCredential)
    {
        var path = PathOf(parsed);
        return new()
        {
            File = file ?? "",
            Credential = credential ?? "",
            PasswordFile = parsed.GetValue(Password) ?? "",
            PasswordCredential = passwordCredential ?? "",
            PassphraseFile = parsed.GetValue(Passphrase) ?? "",
            Account = path.Account,
            Index = path.Index,
        };
    }
}

/// <param name="Schema">Version of this document.</param>
/// <param name="Address">The account that the key belongs to.</param>
/// <param name="File">The file.</param>
internal sealed record KeyReport(int Schema, string Address, string File);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(KeyReport))]
internal sealed partial class KeyJson : JsonSerializerContext;
