using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>Reads one entry of <c>services</c>.</summary>
internal static class ServiceSection
{
    private static readonly string[] Keys = ["image", "command", "args", "env", "expose", "dependencies", "params", "credentials"];

    public static SdlService Read(SdlField field)
    {
        var map = field.Map(Keys);
        var image = "";
        if (map.Require("image", "nginx:1.27", out var value))
        {
            image = value.Text();
            if (value.Node is { Kind: YamlKind.Scalar, Scalar: YamlScalar.Text, Text: "" }) value.Fail("must not be empty");
        }

        if (map.Has("dependencies", out value)) ReadDependencies(value);
        return new(
            field,
            image,
            NullWhenEmpty(map, "command"),
            NullWhenEmpty(map, "args"),
            ReadEnv(map),
            map.Has("expose", out value) && !value.IsNull ? [.. value.List().Select(ExposeSection.Read)] : [],
            map.Has("params", out value) ? ReadParams(value) : null,
            map.Has("credentials", out value) ? ReadCredentials(value) : null);
    }

    /// <summary>Empty lists become null, as the market's own tool writes them.</summary>
    private static ValueList<string>? NullWhenEmpty(SdlMap map, string name) =>
        map.Has(name, out var field) && field.TextsOrNull() is { Count: > 0 } texts ? texts : null;

    private static ValueList<string>? ReadEnv(SdlMap map)
    {
        if (!map.Has("env", out var field) || field.IsNull) return null;
        foreach (var entry in field.List())
        {
            var text = entry.Text();
            var cut = text.IndexOf('=', StringComparison.Ordinal);
            var name = cut < 0 ? text : text[..cut];
            if (entry.Node is { Kind: YamlKind.Scalar, Scalar: YamlScalar.Text } && !Names.IsEnvironment(name))
            {
                entry.Fail("must be NAME=value; a name has letters, digits and any of -._ and does not start with a digit");
            }
        }

        return NullWhenEmpty(map, "env");
    }

    private static void ReadDependencies(SdlField field)
    {
        foreach (var entry in field.List())
        {
            if (entry.Map("service").Has("service", out var service)) service.Text();
        }
    }

    private static SdlParams ReadParams(SdlField field)
    {
        var map = field.Map("storage", "permissions", "tee");
        var mounts = map.Has("storage", out var value) ? SdlDocumentReader.ReadEach(value, ReadMount) : [];
        ServicePermissions? permissions = null;
        if (map.Has("permissions", out value))
        {
            var read = value.Map("read").Has("read", out var scopes) ? scopes.List() : [];
            permissions = new(read.Select(scope => scope.OneOf("deployment", "logs", "events")).ToValueList());
        }

        return new(field, mounts, permissions, map.Has("tee", out value) ? value.OneOf("cpu", "cpu-gpu") : null);
    }

    private static SdlMount ReadMount(SdlField field)
    {
        var map = field.Map("mount", "readOnly");
        var path = map.Require("mount", "/data", out var value) ? value.Text() : "/";
        if (!path.StartsWith('/') && value.Node is { Kind: YamlKind.Scalar, Scalar: YamlScalar.Text }) value.Fail("must be an absolute path such as /data");
        return new(field, path, map.Has("readOnly", out value) && value.Boolean());
    }

    private static ImageCredentials ReadCredentials(SdlField field)
    {
        var map = field.Map("host", "email", "username", "password");
        return new(
            map.Require("host", "registry.example.com", out var value) ? NonBlank(value, 1) : "",
            map.Has("email", out value) ? NonBlank(value, 5) : "",
            map.Require("username", "robot", out value) ? NonBlank(value, 1) : "",
            map.Require("password", "…", out value) ? NonBlank(value, 6, isSecret: true) : "");
    }

    private static string NonBlank(SdlField field, int minLength, bool isSecret = false)
    {
        if (isSecret && field.Node is not { Kind: YamlKind.Scalar, Scalar: YamlScalar.Text })
        {
            field.Fail("must be text; put quotes around it"); // without showing it
            return "";
        }

        var text = field.Text();
        if (field.Node is { Kind: YamlKind.Scalar, Scalar: YamlScalar.Text } && (string.IsNullOrWhiteSpace(text) || text.Length < minLength))
        {
            field.Fail($"must have at least {minLength} character{(minLength == 1 ? "" : "s")}");
        }

        return text;
    }
}
