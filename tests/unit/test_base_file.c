/* SPDX-License-Identifier: MIT */
/* Tests of reading and writing files in a temporary folder. */
#include "base/file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static Arena *arena;
static Diags *diags;
static char folder[] = "/tmp/netikz-test-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static int begin(void **state)
{
    (void)state;
    arena = arena_new((size_t)64 << 20);
    diags = diags_new(arena);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static const char *in_folder(const char *name)
{
    return str_format(arena, "%s/%s", folder, name).at;
}

static void put(const char *path, Str content)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(content.at, 1, content.size, file), content.size);
    fclose(file);
}

static int entries(void)
{
    DIR *stream = opendir(folder);
    int count = 0;
    while (readdir(stream))
        count++;
    closedir(stream);
    return count - 2;
}

static void says(const char *words)
{
    const char *text = str_terminated(arena, diags_text(diags));
    if (!strstr(text, words))
        fail_msg("'%s' does not say '%s'", text, words);
}

static void reads_by_mapping(void **state)
{
    (void)state;
    const char *path = in_folder("a.yaml");
    put(path, (Str){"a\0b", 3});
    File *file = file_open(arena, diags, path, 1000);
    assert_non_null(file);
    assert_true(str_equal(file->source.bytes, (Str){"a\0b", 3}));
    assert_true(str_equal(file->source.name, str_from(path)));
    assert_non_null(file->mapping);
    file_unmap(file);
    assert_null(file->mapping);
    file_unmap(file);
    file_unmap(NULL);
    unlink(path);
}

static void an_empty_file_is_empty(void **state)
{
    (void)state;
    const char *path = in_folder("empty");
    put(path, STR(""));
    File *file = file_open(arena, diags, path, 1000);
    assert_non_null(file);
    assert_int_equal(file->source.bytes.size, 0);
    file_unmap(file);
    unlink(path);
}

static void says_why_it_cannot_read(void **state)
{
    (void)state;
    const char *path = in_folder("big");
    put(path, STR("0123456789"));
    assert_null(file_open(arena, diags, in_folder("none"), 1000));
    says("none: error: cannot read: no such file\n");
    assert_null(file_open(arena, diags, folder, 1000));
    says("error: cannot read: it is a folder\n");
    assert_null(file_open(arena, diags, path, 9));
    says("big: error: cannot read: larger than the limit of 9 bytes\n");
    assert_null(file_open(arena, diags, in_folder("big/x"), 9));
    says("error: cannot read: part of the path is not a folder\n");
    assert_int_equal(diags_fault(diags), FAULT_SURROUNDINGS);
    assert_int_equal(diags_errors(diags), 4);
    unlink(path);
}

/* A pipe with the content in it, as standard input. */
static int feed_input(Str content)
{
    int ends[2], kept = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], content.at, content.size), content.size);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    return kept;
}

static void reads_standard_input(void **state)
{
    (void)state;
    char *content = arena_alloc(arena, 50000);
    memset(content, 'x', 50000);
    int kept = feed_input((Str){content, 50000});
    File *file = file_open(arena, diags, "-", 50000);
    assert_non_null(file);
    assert_true(str_equal(file->source.name, STR("<stdin>")));
    assert_true(str_equal(file->source.bytes, (Str){content, 50000}));
    assert_null(file->mapping);
    dup2(kept, STDIN_FILENO);
    close(kept);
    kept = feed_input(STR("0123456789"));
    assert_null(file_open(arena, diags, "-", 9));
    says("<stdin>: error: cannot read: larger than the limit of 9 bytes");
    dup2(kept, STDIN_FILENO);
    close(kept);
}

static int open_descriptors(void)
{
    int count = 0;
    for (int i = 0; i < 256; i++)
        count += fcntl(i, F_GETFD) >= 0;
    return count;
}

static bool runs_out(Arena *small, int descriptor)
{
    jmp_buf escape;
    arena_on_exhaustion(small, &escape);
    if (setjmp(escape))
        return true;
    file_open(small, diags_new(small), str_format(small, "/dev/fd/%d", descriptor).at, 1000000);
    return false;
}

static void closes_a_pipe_when_memory_is_used_up(void **state)
{
    (void)state;
    int ends[2], before = open_descriptors();
    Arena *small = arena_new(20000);
    assert_int_equal(pipe(ends), 0);
    static const char zeros[40000];
    assert_int_equal(write(ends[1], zeros, sizeof zeros), sizeof zeros);
    close(ends[1]);
    assert_true(runs_out(small, ends[0]));
    close(ends[0]);
    arena_free(small);
    assert_int_equal(open_descriptors(), before);
}

static void holds(const char *path, const char *expected)
{
    File *file = file_open(arena, diags, path, 1000000);
    assert_non_null(file);
    assert_true(str_equal(file->source.bytes, str_from(expected)));
    file_unmap(file);
}

static void writes_new_files_by_the_umask(void **state)
{
    (void)state;
    const char *path = in_folder("new.tikz");
    mode_t old = umask(027);
    assert_true(file_write(arena, diags, path, STR("one\n")));
    umask(old);
    struct stat status;
    stat(path, &status);
    assert_int_equal(status.st_mode & 0777, 0640);
    holds(path, "one\n");
    assert_int_equal(entries(), 1);
    unlink(path);
}

static void replaces_and_keeps_permissions_and_links(void **state)
{
    (void)state;
    const char *path = in_folder("net.tikz"), *link = in_folder("link.tikz");
    put(path, STR("old\n"));
    chmod(path, 0604);
    assert_int_equal(symlink("net.tikz", link), 0);
    assert_true(file_write(arena, diags, link, STR("new\n")));
    holds(path, "new\n");
    struct stat status;
    lstat(link, &status);
    assert_true(S_ISLNK(status.st_mode));
    stat(path, &status);
    assert_int_equal(status.st_mode & 0777, 0604);
    assert_true(file_write(arena, diags, path, (Str){0}));
    holds(path, "");
    assert_int_equal(entries(), 2);
    unlink(path);
    assert_true(file_write(arena, diags, link, STR("through a dangling link\n")));
    holds(path, "through a dangling link\n");
    unlink(link);
    unlink(path);
}

static void says_why_it_cannot_write(void **state)
{
    (void)state;
    assert_false(file_write(arena, diags, in_folder("no/net.tikz"), STR("x")));
    says("no/net.tikz: error: cannot write: no such folder\n");
    assert_false(file_write(arena, diags, folder, STR("x")));
    says("error: cannot write: it is a folder\n");
    assert_int_equal(diags_fault(diags), FAULT_SURROUNDINGS);
    assert_int_equal(entries(), 0);
}

static void an_existing_file_survives_a_full_device(void **state)
{
    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    assert_false(file_write(arena, diags, "/dev/full", STR("x")));
    says("/dev/full: error: cannot write: no space left on the device\n");
    struct stat status;
    assert_int_equal(stat("/dev/full", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
}

static void a_file_without_the_right_to_write_is_kept(void **state)
{
    (void)state;
    if (geteuid() == 0)
        skip();
    const char *path = in_folder("kept.tikz");
    put(path, STR("old\n"));
    chmod(path, 0444);
    assert_false(file_write(arena, diags, path, STR("new\n")));
    says("cannot write: permission denied");
    holds(path, "old\n");
    unlink(path);
}

static void base_names(void **state)
{
    (void)state;
    assert_true(str_equal(file_base_name(STR("dir/name.yaml")), STR("name.yaml")));
    assert_true(str_equal(file_base_name(STR("name.yaml")), STR("name.yaml")));
    assert_true(str_equal(file_base_name(STR("/a/b/")), STR("")));
    assert_true(str_equal(file_base_name((Str){0}), STR("")));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(reads_by_mapping),
        TEST(an_empty_file_is_empty),
        TEST(says_why_it_cannot_read),
        TEST(reads_standard_input),
        TEST(closes_a_pipe_when_memory_is_used_up),
        TEST(writes_new_files_by_the_umask),
        TEST(replaces_and_keeps_permissions_and_links),
        TEST(says_why_it_cannot_write),
        TEST(an_existing_file_survives_a_full_device),
        TEST(a_file_without_the_right_to_write_is_kept),
        TEST(base_names),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
