using System;
using System.Collections.Generic;
using System.IO;
using BackupModule.Core.Catalog;
using Xunit;

namespace BackupModule.Tests.Catalog;

public sealed class BackupHomeTests
{
    [Fact]
    public void The_environment_names_the_folder_and_the_catalog()
    {
        BackupHome home = Locate((BackupHome.FolderVariable, "/srv/state"));
        Assert.Equal(new BackupHome("/srv/state", "/srv/state/catalog.db", "/srv/state/cache"), home);

        home = Locate((BackupHome.FolderVariable, "/srv/state"), (BackupHome.CatalogVariable, "/mnt/shared/all.db"));
        Assert.Equal(new BackupHome("/srv/state", "/mnt/shared/all.db", "/srv/state/cache"), home);

        home = Locate((BackupHome.FolderVariable, "state"), (BackupHome.CatalogVariable, ""));
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "state"), home.Folder);
    }

    [Fact]
    public void Without_it_the_platform_s_folders_are_taken()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux, whose folders the environment names");

        Assert.Equal("/data/backupmodule", Locate(("XDG_DATA_HOME", "/data")).Folder);
        Assert.EndsWith("/.local/share/backupmodule", Locate(("XDG_DATA_HOME", "relative")).Folder);
        Assert.EndsWith("/.local/share/backupmodule/catalog.db", Locate().Catalog);
        Assert.Equal("/tmp/cache/backupmodule", Locate(("XDG_CACHE_HOME", "/tmp/cache")).CacheFolder);
        Assert.EndsWith("/.cache/backupmodule", Locate(("XDG_CACHE_HOME", "relative")).CacheFolder);
    }

    [Fact]
    public void A_server_is_taken_as_it_is_named()
    {
        BackupHome home = Locate(
            (BackupHome.FolderVariable, "/srv/state"),
            (BackupHome.CatalogVariable, "postgres://backup@server/db"),
            (BackupHome.CatalogPasswordVariable, "env:PW"));

        Assert.Equal("postgres://backup@server/db", home.Catalog);
        Assert.Equal("env:PW", home.CatalogPassword);
        Assert.Null(Locate((BackupHome.CatalogPasswordVariable, "")).CatalogPassword);
    }

    private static BackupHome Locate(params (string Name, string Value)[] variables)
    {
        Dictionary<string, string> environment = [];
        foreach ((string name, string value) in variables)
        {
            environment[name] = value;
        }

        return BackupHome.Locate(name => environment.GetValueOrDefault(name));
    }
}
